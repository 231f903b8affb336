import type { LeaseOutcome } from '../../src/index.js'
import type { SimulatedTime } from './simulated-time.js'
import type { StoreRecords, TokenKey } from './store-records.js'

const outcomeForMs = 2_000

interface StoredLease {
  readonly generation: string | undefined
  readonly owner: symbol
  outcome?: LeaseOutcome
  until: number
}

/** A lease as its owner has it. */
export interface OwnLease {
  renew(ms: number): boolean
  release(outcome: LeaseOutcome): void
}

/** The leases of a store: each holds under the generation under which it was given. */
export class StoreLeases {
  readonly #time: SimulatedTime
  readonly #records: StoreRecords
  readonly #leases = new Map<string, StoredLease>()

  constructor(time: SimulatedTime, records: StoreRecords) {
    this.#time = time
    this.#records = records
  }

  wipe(): void {
    this.#leases.clear()
  }

  ask(
    key: TokenKey,
    ttlMs: number,
    waited: boolean,
  ): { busy: true } | { outcome: LeaseOutcome } | { own: OwnLease } {
    const lease = this.#current(key)
    if (lease !== undefined && lease.outcome === undefined) return { busy: true }
    if (lease?.outcome !== undefined && waited) return { outcome: lease.outcome }
    return { own: this.#give(key, ttlMs) }
  }

  #give(key: TokenKey, ttlMs: number): OwnLease {
    const owner = Symbol('owner')
    const generation = this.#records.generationOf(key.subject)
    this.#leases.set(nameOf(key), { generation, owner, until: this.#time.now + ttlMs })
    const mine = (): StoredLease | undefined => {
      const found = this.#current(key)
      return found?.owner === owner && found.outcome === undefined ? found : undefined
    }
    return {
      renew: (ms) => {
        const held = mine()
        if (held !== undefined) held.until = this.#time.now + ms
        return held !== undefined
      },
      release: (outcome) => {
        const held = mine()
        if (held !== undefined) Object.assign(held, { outcome, until: this.#time.now + outcomeForMs })
      },
    }
  }

  #current(key: TokenKey): StoredLease | undefined {
    const found = this.#leases.get(nameOf(key))
    if (found === undefined || found.until <= this.#time.now) return undefined
    return found.generation === this.#records.generationOf(key.subject) ? found : undefined
  }
}

function nameOf({ subject, variant }: TokenKey): string {
  return JSON.stringify([subject, variant])
}
