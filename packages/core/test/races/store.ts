import type { ForgetRequest, LeaseAnswer, LeaseOutcome, TokenCache } from '../../src/index.js'
import type { Fate, Happenings } from './happenings.js'
import type { Names } from './names.js'
import type { Random } from './random.js'
import type { SimulatedTime } from './simulated-time.js'

type TokenKey = Parameters<TokenCache['get']>[0]
type Listener = (subject: string | undefined, what?: { renewal: boolean }) => void

const recordForMs = 600_000
const repeatableForMs = 60_000
const outcomeForMs = 2_000
/** An announcement is heard by then, or the process has been told that it may have missed some. */
const heardWithinMs = 900

interface Value {
  readonly value: string
  readonly until: number
}

interface Person {
  readonly generation: string
  until: number
  readonly values: Map<string, Value>
  readonly logouts: Map<string, { readonly until: number; readonly dropped: readonly Value[] }>
}

interface StoredLease {
  readonly generation: string | undefined
  readonly owner: symbol
  outcome?: LeaseOutcome
  until: number
}

/** What a store tells the one who watches. */
export interface StoreWatcher {
  /** A process asks for a logout, for the first time or again. */
  logoutAsked(process: string, subject: string, id: string, renewal: boolean): void
  logoutRecorded(id: string, dropped: readonly string[]): void
  /** Runs what tells a process of a logout or renewal. */
  hears(
    process: string,
    what: { subject: string; id: string; renewal: boolean } | undefined,
    tell: () => void,
  ): void
  /** The store did not do what a process asked of it, or its answer was lost. */
  failed(process: string): void
}

interface Parts {
  time: SimulatedTime
  random: Random
  happenings: Happenings
  names: Names
  watcher: StoreWatcher
}

/** A store that processes share. Every operation reaches it, and is answered, when the explorer says so. */
export class Store {
  readonly #parts: Parts
  readonly #people = new Map<string, Person>()
  readonly #leases = new Map<string, StoredLease>()
  readonly #listeners = new Map<string, Set<Listener>>()
  /** Processes that cannot reach it. */
  readonly #cutOff = new Set<string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Every value that it holds, with its person. */
  values(): { subject: string; value: string }[] {
    const now = this.#now()
    return [...this.#people].flatMap(([subject, { values, until }]) =>
      [...values.values()]
        .filter((each) => until > now && each.until > now)
        .map(({ value }) => ({ subject, value })),
    )
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0)
  }

  get leasesHeld(): number {
    return [...this.#leases.values()].filter(
      ({ outcome, until }) => outcome === undefined && until > this.#now(),
    ).length
  }

  isCutOff(process: string): boolean {
    return this.#cutOff.has(process)
  }

  cutOff(process: string): void {
    this.#cutOff.add(process)
  }

  /** The process can reach it again. It may have missed logouts, and is told so. */
  reach(process: string): void {
    if (!this.#cutOff.delete(process)) return
    this.#tellOfDoubt(process)
  }

  /** It is restarted, and comes back empty. */
  wipe(): void {
    this.#people.clear()
    this.#leases.clear()
  }

  evict(subject: string): void {
    this.#people.delete(subject)
  }

  holds(subject: string): boolean {
    return this.#find(subject) !== undefined
  }

  open(process: string, { leases, hears }: { leases: boolean; hears: boolean }): TokenCache {
    const named = ({ variant }: TokenKey): string => this.#parts.names.of(variant)
    const cache: TokenCache = {
      get: (key) => this.#ask(process, `read ${named(key)}`, () => this.#get(key)),
      set: (key, value, { ttlMs, generation }) => {
        const until = this.#now() + ttlMs
        return this.#ask(process, `keep ${named(key)}`, () => this.#set(key, value, { until, generation }))
      },
      delete: (key) =>
        this.#ask(
          process,
          `drop ${named(key)}`,
          () => void this.#find(key.subject)?.values.delete(key.variant),
        ),
      forget: (subject, request) => {
        const id = request?.id ?? this.#parts.random.uuid()
        const renewal = request?.renewal === true
        this.#parts.watcher.logoutAsked(process, subject, id, renewal)
        const what = renewal ? 'renew' : 'forget'
        return this.#ask(process, `${what} ${this.#parts.names.of(subject)}`, () => {
          const dropped = this.#forget(subject, { id, renewal })
          this.#parts.watcher.logoutRecorded(id, dropped)
          this.#announce(process, subject, id, renewal)
          return dropped
        })
      },
      ...(leases && {
        lease: (key, ttlMs, how) => this.#askForLease(process, key, ttlMs, how?.waited === true),
      }),
      ...(hears && { onForget: (listener) => this.#listen(process, listener) }),
    }
    return cache
  }

  #listen(process: string, listener: Listener): () => void {
    const entry: Listener = (...told) => listener(...told)
    const listeners = this.#listeners.get(process) ?? new Set()
    this.#listeners.set(process, listeners.add(entry))
    return () => void listeners.delete(entry)
  }

  /** One operation: it reaches the store, and later its answer the process; or it fails on either way. */
  #ask<Answer>(process: string, what: string, work: () => Answer): Promise<Answer> {
    const { happenings, watcher } = this.#parts
    return new Promise((resolve, reject) => {
      const fail = (): void => {
        watcher.failed(process)
        reject(new Error('the store is away'))
      }
      const arrive = (then: (answer: Answer) => void): (() => void) => {
        return () => (this.#cutOff.has(process) ? fail() : then(work()))
      }
      const answered = (answer: Answer): void => {
        const arrives = { name: 'arrives', ordinary: true, run: () => resolve(answer) }
        const isLost = { name: 'is lost', ordinary: false, run: fail }
        happenings.add(`answer to ${process}: ${what}`, [arrives, isLost], { process, waiting: process })
      }
      const fates = [
        { name: 'is done', ordinary: true, run: arrive(resolve) },
        { name: 'reaches it', ordinary: true, run: arrive(answered) },
        { name: 'fails', ordinary: false, run: fail },
      ]
      happenings.add(`${process} asks the store: ${what}`, fates, { waiting: process })
    })
  }

  #askForLease(process: string, key: TokenKey, ttlMs: number, waited: boolean): Promise<LeaseAnswer> {
    const named = this.#parts.names.of(key.variant)
    return this.#ask(process, `lease ${named}`, () =>
      this.#lease(key, ttlMs, waited, (what, work) => this.#ask(process, `${what} lease ${named}`, work)),
    )
  }

  #announce(from: string, subject: string, id: string, renewal: boolean): void {
    const { happenings, names, time, watcher } = this.#parts
    const what = renewal ? 'renewal' : 'logout'
    for (const process of this.#listeners.keys()) {
      if (process === from) continue
      const deliver = (): void => {
        const tell = (): void => {
          for (const listener of [...(this.#listeners.get(process) ?? [])]) listener(subject, { renewal })
        }
        if (this.#cutOff.has(process)) return // it is told of the doubt when it is back
        watcher.hears(process, { subject, id, renewal }, tell)
      }
      const offer = (name: string, latest: number): void => {
        const twice = (): void => {
          deliver()
          offer(`${name} again`, time.now + heardWithinMs)
        }
        const fates = [
          { name: 'is heard', ordinary: true, run: deliver },
          { name: 'is lost', ordinary: false, run: () => this.#tellOfDoubt(process, latest) },
          { name: 'is heard, and a second time later', ordinary: false, run: twice },
        ]
        happenings.add(name, fates, { process, latest })
      }
      offer(`${what} of ${names.of(subject)} by ${from}, told to ${process}`, time.now + heardWithinMs)
    }
  }

  #tellOfDoubt(process: string, latest: number = this.#now() + heardWithinMs): void {
    const { happenings, watcher } = this.#parts
    if (!this.#listeners.has(process)) return
    const tell = (): void => {
      for (const listener of [...(this.#listeners.get(process) ?? [])]) listener(undefined)
    }
    const run = (): void => watcher.hears(process, undefined, tell)
    const fates: Fate[] = [{ name: 'is heard', ordinary: true, run }]
    happenings.add(`${process} may have missed logouts, which`, fates, { process, latest })
  }

  #now(): number {
    return this.#parts.time.now
  }

  #find(subject: string): Person | undefined {
    const found = this.#people.get(subject)
    return found !== undefined && found.until > this.#now() ? found : undefined
  }

  #get({ subject, variant }: TokenKey): Awaited<ReturnType<TokenCache['get']>> {
    const now = this.#now()
    const person = this.#find(subject) ?? this.#begin(subject, `0.${this.#parts.random.uuid()}`)
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

  #set(key: TokenKey, value: string, { until, generation }: { until: number; generation: string }): boolean {
    const person = this.#find(key.subject)
    if (person?.generation !== generation) return false
    person.values.set(key.variant, { value, until })
    person.until = Math.max(person.until, until)
    return true
  }

  #forget(subject: string, { id, renewal = false }: ForgetRequest): string[] {
    const now = this.#now()
    const before = this.#find(subject)
    const alive = (values: Iterable<Value>): Value[] => [...values].filter(({ until }) => until > now)
    const logouts = new Map([...(before?.logouts ?? [])].filter(([, { until }]) => until > now))
    const repeated = logouts.get(id)
    if (repeated !== undefined) return alive(repeated.dropped).map(({ value }) => value)
    const dropped = alive(before?.values.values() ?? [])
    logouts.set(id, { until: now + repeatableForMs, dropped })
    const [part = ''] = (before?.generation ?? `0.${this.#parts.random.uuid()}`).split('~')
    this.#begin(subject, renewal ? `${part}~${id}` : id, logouts)
    return dropped.map(({ value }) => value)
  }

  #lease(
    key: TokenKey,
    ttlMs: number,
    waited: boolean,
    ask: <Answer>(what: string, work: () => Answer) => Promise<Answer>,
  ): LeaseAnswer {
    const name = JSON.stringify([key.subject, key.variant])
    const current = (): StoredLease | undefined => {
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
    const mine = (): StoredLease | undefined => {
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
        renew: (ms) => ask('renew the', () => renew(ms)),
        release: (outcome) => ask('release the', () => release(outcome)),
      },
    }
  }
}
