import { randomUUID } from 'node:crypto'
import type { ForgetRequest, LeaseAnswer, LeaseOutcome, TokenCache, TokenKey } from '@tesouro-tokens/core'
import type { ManualClock } from './manual-clock.js'

/** As in Redis: the life of a person's record at least, of what a repeated logout gives again, and of an outcome. */
const recordForMs = 600_000
const repeatableForMs = 60_000
const outcomeForMs = 2_000

interface Value {
  readonly value: string
  readonly until: number
}

/** What the store knows of a person, in one piece. */
interface Person {
  readonly generation: string
  until: number
  readonly values: Map<string, Value>
  readonly logouts: Map<string, { readonly until: number; readonly dropped: readonly Value[] }>
}

type Listener = (subject: string | undefined, what?: { renewal: boolean }) => void

/**
 * A store that several processes share, in memory: what Redis is in production, without Redis. Every handle that
 * `open` gives is another process's.
 */
export class SharedStore {
  readonly #clock: ManualClock
  readonly #people = new Map<string, Person>()
  readonly #leases = new Map<
    string,
    { generation: string | undefined; owner: symbol; outcome?: LeaseOutcome; until: number }
  >()
  readonly #asked = new Set<string>()
  readonly #listeners = new Map<TokenCache, Set<Listener>>()
  /** While this is set, every operation on the store ends with it. */
  failure: (() => Promise<never>) | undefined

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  /** Every value that the store holds. */
  values(): string[] {
    return [...this.#people.values()].flatMap(({ values }) => [...values.values()].map(({ value }) => value))
  }

  /** The store is restarted, and comes back empty. */
  clear(): void {
    this.#people.clear()
    this.#leases.clear()
  }

  /** A backup of the store. Returns what puts it back: the store has fallen back to a replica with older data. */
  backup(): () => void {
    const people = structuredClone(this.#people)
    return () => {
      this.clear()
      for (const [subject, person] of people) this.#people.set(subject, person)
    }
  }

  /** The store evicts what it knows of a person. */
  lose(subject: string): void {
    this.#people.delete(subject)
  }

  /** The names of the keys for which a lease was ever asked. */
  namesAsked(): string[] {
    return [...this.#asked]
  }

  open(): TokenCache {
    const listeners = new Set<Listener>()
    const working = async <Answer>(work: () => Answer): Promise<Answer> => {
      await this.failure?.()
      return work()
    }
    const cache: TokenCache = {
      get: (key) => working(() => this.#get(key)),
      set: (key, value, options) => working(() => this.#set(key, value, options)),
      delete: (key) => working(() => void this.#find(key.subject)?.values.delete(key.variant)),
      forget: (subject, request) =>
        working(() => {
          const dropped = this.#forget(subject, request)
          for (const [other, heard] of this.#listeners) {
            if (other === cache) continue
            for (const listener of heard) listener(subject, { renewal: request?.renewal === true })
          }
          return dropped
        }),
      lease: (key, ttlMs, how) => working(() => this.#lease(key, ttlMs, how?.waited === true, working)),
      onForget: (listener) => {
        const entry: Listener = (...told) => listener(...told)
        listeners.add(entry)
        return () => void listeners.delete(entry)
      },
    }
    this.#listeners.set(cache, listeners)
    return cache
  }

  #now(): number {
    return this.#clock.truth.now()
  }

  #find(subject: string): Person | undefined {
    const found = this.#people.get(subject)
    return found !== undefined && found.until > this.#now() ? found : undefined
  }

  #get({ subject, variant }: TokenKey): { value?: string; remainingMs?: number; generation: string } {
    const now = this.#now()
    const person = this.#find(subject) ?? this.#begin(subject, `0.${randomUUID()}`)
    if (person.until - now < recordForMs / 2) person.until = now + recordForMs
    const { generation } = person
    const found = person.values.get(variant)
    if (found === undefined || found.until <= now) return { generation }
    return { value: found.value, remainingMs: found.until - now, generation }
  }

  #begin(subject: string, generation: string, logouts: Person['logouts'] = new Map()): Person {
    const person = { generation, until: this.#now() + recordForMs, values: new Map(), logouts }
    this.#people.set(subject, person)
    return person
  }

  #set(key: TokenKey, value: string, { ttlMs, generation }: { ttlMs: number; generation: string }): boolean {
    const person = this.#find(key.subject)
    if (person?.generation !== generation) return false
    const until = this.#now() + ttlMs
    person.values.set(key.variant, { value, until })
    person.until = Math.max(person.until, until)
    return true
  }

  #forget(subject: string, request: ForgetRequest | undefined): string[] {
    const now = this.#now()
    const id = request?.id ?? randomUUID()
    const before = this.#find(subject)
    const alive = (values: Iterable<Value>): Value[] => [...values].filter(({ until }) => until > now)
    const logouts = new Map([...(before?.logouts ?? [])].filter(([, { until }]) => until > now))
    const repeated = logouts.get(id)
    if (repeated !== undefined) return alive(repeated.dropped).map(({ value }) => value)

    const dropped = alive(before?.values.values() ?? [])
    logouts.set(id, { until: now + repeatableForMs, dropped })
    // The same logout once more, after the minute, makes another generation than the first time.
    const made = `${named(id)}.${now}`
    this.#begin(subject, request?.renewal === true ? renewed(before?.generation, made) : made, logouts)
    return dropped.map(({ value }) => value)
  }

  #lease(
    key: TokenKey,
    ttlMs: number,
    waited: boolean,
    working: <Answer>(work: () => Answer) => Promise<Answer>,
  ): LeaseAnswer {
    const name = JSON.stringify([key.subject, key.variant])
    this.#asked.add(name)
    /** A lease counts for the person's generation of now. */
    const current = () => {
      const found = this.#leases.get(name)
      if (found === undefined || found.until <= this.#now()) return undefined
      return found.generation === this.#find(key.subject)?.generation ? found : undefined
    }
    const lease = current()
    if (lease !== undefined && lease.outcome === undefined) return { busy: true }
    if (lease?.outcome !== undefined && waited) return { outcome: lease.outcome }

    const owner = Symbol(name)
    const generation = this.#find(key.subject)?.generation
    this.#leases.set(name, { generation, owner, until: this.#now() + ttlMs })
    const mine = () => {
      const found = current()
      return found?.owner === owner && found.outcome === undefined ? found : undefined
    }
    const renew = (ms: number): boolean => {
      const held = mine()
      if (held !== undefined) held.until = this.#now() + ms
      return held !== undefined
    }
    const release = (outcome: LeaseOutcome): void => {
      const held = mine()
      if (held !== undefined) Object.assign(held, { outcome, until: this.#now() + outcomeForMs })
    }
    return {
      held: {
        renew: (ms) => working(() => renew(ms)),
        release: (outcome) => working(() => release(outcome)),
      },
    }
  }
}

/** A logout's id, which holds no `~` and does not begin with `0.`. */
function named(id: string): string {
  return /^[\w-]{1,100}$/.test(id) ? id : Buffer.from(id).toString('hex')
}

/** The generation after a renewal: the part before `~` is that of before. */
function renewed(before: string | undefined, made: string): string {
  const [part = ''] = (before ?? `0.${randomUUID()}`).split('~')
  return `${part}~${made}`
}
