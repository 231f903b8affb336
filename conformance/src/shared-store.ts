import type { LeaseAnswer, LeaseOutcome, TokenCache, TokenKey } from '@tesouro-tokens/core'
import type { ManualClock } from './manual-clock.js'

/** How long a logout stays visible, as in Redis. */
const forgottenForMs = 600_000

/**
 * A store that several processes share, in memory: what Redis is in production, without Redis. Every handle that
 * `open` gives is another process's.
 */
export class SharedStore {
  readonly #clock: ManualClock
  readonly #values = new Map<string, { value: string; until: number }>()
  /** What was ever asked of a subject. */
  readonly #variants = new Map<string, Set<string>>()
  readonly #generations = new Map<string, { generation: string; until: number }>()
  #forgets = 0
  readonly #leases = new Map<string, { owner?: symbol; outcome?: LeaseOutcome; until: number }>()
  readonly #asked = new Set<string>()
  readonly #listeners = new Map<TokenCache, Set<(subject: string | undefined) => void>>()
  /** While this is set, every operation on the store ends with it. */
  failure: (() => Promise<never>) | undefined

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  /** Every value that the store holds. */
  values(): string[] {
    return [...this.#values.values()].map(({ value }) => value)
  }

  /** The store is restarted, and comes back empty. */
  clear(): void {
    for (const held of [this.#values, this.#generations, this.#leases]) held.clear()
  }

  /** The names of the keys for which a lease was ever asked. */
  namesAsked(): string[] {
    return [...this.#asked]
  }

  open(): TokenCache {
    const listeners = new Set<(subject: string | undefined) => void>()
    const now = (): number => this.#clock.truth.now()
    const idOf = (key: TokenKey): string => {
      const id = JSON.stringify([key.subject, key.variant])
      const variants = this.#variants.get(key.subject) ?? new Set()
      this.#variants.set(key.subject, variants.add(id))
      return id
    }
    /** `undefined`: not forgotten for so long that no generation is left. */
    const generationOf = (subject: string): string | undefined => {
      const found = this.#generations.get(subject)
      return found !== undefined && found.until > now() ? found.generation : undefined
    }
    const working = async (): Promise<void> => {
      await this.failure?.()
    }

    const cache: TokenCache = {
      get: async (key) => {
        await working()
        const found = this.#values.get(idOf(key))
        const generation = generationOf(key.subject) ?? '0'
        if (found === undefined || found.until <= now()) return { generation }
        return { value: found.value, remainingMs: found.until - now(), generation }
      },
      set: async (key, value, { ttlMs, generation }) => {
        await working()
        if (generation !== (generationOf(key.subject) ?? generation)) return false
        this.#values.set(idOf(key), { value, until: now() + ttlMs })
        return true
      },
      delete: async (key) => {
        await working()
        this.#values.delete(idOf(key))
      },
      forget: async (subject) => {
        await working()
        this.#forgets += 1
        this.#generations.set(subject, { generation: `${this.#forgets}`, until: now() + forgottenForMs })
        const variants = [...(this.#variants.get(subject) ?? [])]
        this.#variants.delete(subject)
        const mine = variants.flatMap((id) => this.#values.get(id) ?? [])
        for (const id of variants) {
          this.#values.delete(id)
          this.#leases.delete(id)
        }
        for (const [other, heard] of this.#listeners) {
          if (other !== cache) for (const listener of heard) listener(subject)
        }
        return mine.flatMap(({ value, until }) => (until > now() ? [value] : []))
      },
      lease: async (key, ttlMs): Promise<LeaseAnswer> => {
        await working()
        const id = idOf(key)
        this.#asked.add(id)
        const current = this.#leases.get(id)
        if (current !== undefined && current.until > now()) {
          return current.outcome === undefined ? { busy: true } : { outcome: current.outcome }
        }
        const owner = Symbol(id)
        this.#leases.set(id, { owner, until: now() + ttlMs })
        const isMine = (): boolean => {
          const lease = this.#leases.get(id)
          return lease?.owner === owner && lease.until > now()
        }
        return {
          held: {
            renew: async (ms) => {
              await working()
              if (isMine()) this.#leases.set(id, { owner, until: now() + ms })
              return isMine()
            },
            release: async (outcome) => {
              await working()
              if (isMine()) this.#leases.set(id, { outcome, until: now() + 2_000 })
            },
          },
        }
      },
      onForget: (listener) => {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    }
    this.#listeners.set(cache, listeners)
    return cache
  }
}
