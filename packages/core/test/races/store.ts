import type { LeaseAnswer, LeaseOutcome, TokenCache } from '../../src/index.js'
import type { Fate, Happenings } from './happenings.js'
import type { Names } from './names.js'
import type { Random } from './random.js'
import type { SimulatedTime } from './simulated-time.js'
import { StoreLeases } from './store-leases.js'
import { StoreRecords, type TokenKey } from './store-records.js'

type Listener = (subject: string | undefined, what?: { renewal: boolean }) => void

/** An announcement is heard by then, or the process has been told that it may have missed some. */
const heardWithinMs = 900

/** What a store tells the one who watches. */
export interface StoreWatcher {
  /** A process asks for a logout, for the first time or again. */
  logoutAsked(process: string, subject: string, id: string, renewal: boolean): void
  logoutRecorded(id: string, dropped: readonly string[]): void
  /** A process asks what the store has of a person. Returns what to call when the store looks, and when its answer arrives. */
  looks(process: string, subject: string): { done(): void; arrived(): void }
  /** Runs what tells a process of a logout or renewal. */
  hears(
    process: string,
    what: { subject: string; id: string; renewal: boolean } | undefined,
    tell: () => void,
  ): void
  /** The store did not do what a process asked of it, or its answer was lost. */
  failed(process: string, what: string): void
  /** A process cannot reach the store from now on. */
  cutOff(process: string): void
  /** It can again. */
  reached(process: string): void
}

interface Parts {
  time: SimulatedTime
  random: Random
  happenings: Happenings
  names: Names
  watcher: StoreWatcher
  /** What it tells of failures elsewhere makes no sense. */
  garbled: boolean
}

/** A store that processes share. Every operation reaches it, and is answered, when the explorer says so. */
export class Store {
  readonly records: StoreRecords
  readonly #parts: Parts
  readonly #leases: StoreLeases
  readonly #listeners = new Map<string, Set<Listener>>()
  /** Processes that cannot reach it. */
  readonly #cutOff = new Set<string>()

  constructor(parts: Parts) {
    this.#parts = parts
    this.records = new StoreRecords(parts)
    this.#leases = new StoreLeases(parts.time, this.records)
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0)
  }

  isCutOff(process: string): boolean {
    return this.#cutOff.has(process)
  }

  cutOff(process: string): void {
    this.#cutOff.add(process)
    this.#parts.watcher.cutOff(process)
  }

  /** The process can reach it again. It may have missed logouts, and is told so. */
  reach(process: string): void {
    if (!this.#cutOff.delete(process)) return
    this.#parts.watcher.reached(process)
    this.#tellOfDoubt(process)
  }

  /** It is restarted, and comes back empty. */
  wipe(): void {
    this.records.wipe()
    this.#leases.wipe()
  }

  open(process: string, { leases, hears }: { leases: boolean; hears: boolean }): TokenCache {
    const named = ({ variant }: TokenKey): string => this.#parts.names.of(variant)
    const cache: TokenCache = {
      get: async (key) => {
        const look = this.#parts.watcher.looks(process, key.subject)
        const answer = await this.#ask(process, `read ${named(key)}`, () => {
          look.done()
          return this.records.get(key)
        })
        look.arrived()
        return answer
      },
      set: (key, value, { ttlMs, generation }) => {
        const until = this.#parts.time.now + ttlMs
        return this.#ask(process, `keep ${named(key)}`, () =>
          this.records.set(key, value, { until, generation }),
        )
      },
      delete: (key) => this.#ask(process, `drop ${named(key)}`, () => this.records.delete(key)),
      forget: (subject, request) => {
        const id = request?.id ?? this.#parts.random.uuid()
        const renewal = request?.renewal === true
        this.#parts.watcher.logoutAsked(process, subject, id, renewal)
        const what = renewal ? 'renew' : 'forget'
        return this.#ask(process, `${what} ${this.#parts.names.of(subject)}`, () => {
          const dropped = this.records.forget(subject, { id, renewal })
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
        watcher.failed(process, what)
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
    return this.#ask(process, `lease ${named}`, () => {
      const answer = this.#leases.ask(key, ttlMs, waited)
      if ('outcome' in answer)
        return { outcome: this.#parts.garbled ? garbled(answer.outcome) : answer.outcome }
      if ('busy' in answer) return answer
      const { own } = answer
      return {
        held: {
          renew: (ms) => this.#ask(process, `renew the lease ${named}`, () => own.renew(ms)),
          release: (outcome) => this.#ask(process, `release the lease ${named}`, () => own.release(outcome)),
        },
      }
    })
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

  #tellOfDoubt(process: string, latest: number = this.#parts.time.now + heardWithinMs): void {
    const { happenings, watcher } = this.#parts
    if (!this.#listeners.has(process)) return
    const tell = (): void => {
      for (const listener of [...(this.#listeners.get(process) ?? [])]) listener(undefined)
    }
    const run = (): void => watcher.hears(process, undefined, tell)
    const fates: Fate[] = [{ name: 'is heard', ordinary: true, run }]
    happenings.add(`${process} may have missed logouts, which`, fates, { process, latest })
  }
}

/** An outcome with numbers that no process of ours would tell. */
function garbled(outcome: LeaseOutcome): LeaseOutcome {
  if (!('failed' in outcome)) return outcome
  return { failed: { ...outcome.failed, status: 7_000, retryAfterSeconds: -1e12 } }
}
