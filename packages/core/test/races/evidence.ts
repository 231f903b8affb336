import type { CallFact, LogoutFact } from './facts.js'
import type { Names } from './names.js'
import type { Granted } from './platform.js'
import type { SimulatedTime } from './simulated-time.js'
import type { StoreWatcher } from './store.js'

interface AskedLogout {
  readonly renewal: boolean
  readonly process: string
  readonly person: string
  readonly firstAsked: number
}

/** A look into the store. */
interface Look {
  readonly process: string
  readonly person: string
  readonly asked: number
  doneAt: number
  isTold: boolean
}

/** Between whom evidence is taken. */
export interface EvidenceParts {
  time: SimulatedTime
  names: Names
  /** Whether a logout may have to wait until the client id is known: it takes effect then. */
  rotates: boolean
}

/** So long a call may take. */
export const callMs = 20_000
/** So long a store knows what a logout dropped. */
export const repeatableMs = 60_000

/** What has happened. */
export class Evidence implements StoreWatcher {
  readonly calls: CallFact[] = []
  readonly logouts: LogoutFact[] = []
  /** Whether anything has happened by which a process may lose a token without a logout. */
  disturbed = false
  /** When the store or the world last lost something. */
  disturbedIn = -1
  /** The token that a process was last seen to have, by process and session. */
  readonly held = new Map<string, Granted>()
  /** The newest token of each session. */
  readonly newest = new Map<string, Granted>()
  /** All that were granted. */
  readonly tokens: Granted[] = []
  /** Counts what has happened: what happens in one step happens at once. */
  step = 0
  readonly rotates: boolean
  readonly time: SimulatedTime
  readonly #names: Names
  readonly #asked = new Map<string, AskedLogout>()
  readonly lookedAt: Look[] = []
  /** The last step in which the store lost something that it knew, or got it back. */
  storeChangedIn = -1
  /** The last step in which whatever was under way for a person in a process had to end. */
  readonly ended = new Map<string, number>()
  /** The same of renewals: nothing is joined after it. */
  readonly renewed = new Map<string, number>()
  readonly #withdrawn: LogoutFact[] = []
  /** Processes that the store has failed in reading or in a lease, so that they went to the platform alone. */
  readonly #wentAlone = new Set<string>()
  /** When a process last could not do what it has to. */
  readonly trouble = new Map<string, number>()
  /** Processes that have stood still. */
  readonly stood = new Set<string>()
  /** The step in which an instance was closed. */
  readonly closedIn = new Map<string, number>()

  constructor({ time, names, rotates }: EvidenceParts) {
    this.time = time
    this.#names = names
    this.rotates = rotates
  }

  begin(
    call: Pick<CallFact, 'kind' | 'process' | 'instance' | 'person' | 'label' | 'rejectedToken'>,
  ): CallFact {
    const begins = { id: this.calls.length, began: this.step, beganAt: this.time.now }
    const fact = {
      ...call,
      ...begins,
      isOver: false,
      toldIn: undefined,
      usedMs: 0,
      sends: 0,
      sentWith: undefined,
      waitsForPlatform: false,
    }
    this.calls.push(fact)
    return fact
  }

  beginLogout(call: CallFact): LogoutFact {
    const { process, instance, person, kind } = call
    const renewal = kind === 'renew'
    const times = {
      began: this.step,
      beganAt: this.time.now,
      recordedAt: undefined,
      recordedLastAt: undefined,
      recordedBy: undefined,
      resolvedAt: undefined,
    }
    const told = { heard: new Map<string, number>(), dropped: new Set<string>() }
    const held = renewal ? [] : this.#mustBeKnownTo(process, person)
    const logout = { process, instance, person, renewal, ...times, ...told, held }
    this.logouts.push(logout)
    if (!this.rotates) this.#takesEffect(`${process} ${person}`, renewal)
    return logout
  }

  /** From now on whatever was under way for a person in a process has ended, or is joined no longer. */
  #takesEffect(name: string, renewal: boolean, step = this.step): void {
    const last = renewal ? this.renewed : this.ended
    last.set(name, step)
  }

  /** A logout that could not begin. It may do so later, when its caller has been told that there are no credentials. */
  withdraw(logout: LogoutFact): void {
    this.logouts.splice(this.logouts.indexOf(logout), 1)
    this.#withdrawn.push(logout)
  }

  /** Tokens of a person that a process was given and cannot have lost. */
  #mustBeKnownTo(process: string, person: string): Granted[] {
    const before = this.logouts.filter((logout) => logout.person === person)
    if (before.some((each) => each.process !== process || (each.resolvedAt ?? each.recordedAt) !== undefined))
      return []
    // What a logout has dropped that is still on its way into the store, the next one drops as well.
    const [first] = before
    if (first !== undefined) {
      const isKnown = this.disturbedIn < first.began && this.time.now - first.beganAt < repeatableMs / 2
      return isKnown ? [...first.held] : []
    }
    if (this.disturbed) return []
    return [...this.held]
      .filter(([name, { label }]) => name.startsWith(`${process} ${person}/`) && label.startsWith(person))
      .map(([, token]) => token)
      .filter((token) => this.newest.get(token.label) === token)
  }

  logoutResolved(logout: LogoutFact): void {
    logout.resolvedAt = this.time.now
    logout.recordedAt ??= this.time.now
  }

  /** A process may lose a token by this without a logout. */
  disturb(): void {
    this.disturbed = true
    this.disturbedIn = this.step
  }

  /** The store loses something that it knew, or gets it back. */
  storeChanges(): void {
    this.disturb()
    this.storeChangedIn = this.step
  }

  closed(instance: string): void {
    this.closedIn.set(instance, this.step)
  }

  /** Time in which a process could not do what it has to. */
  failed(process: string, what = ''): void {
    // What could not be kept in the store is kept in memory: that loses nothing.
    if (!what.startsWith('keep ')) this.#wentAlone.add(process)
    this.trouble.set(process, Math.max(this.trouble.get(process) ?? 0, this.time.now))
  }

  /** From now on a process cannot reach the store, and does not know that it hears of nothing. */
  cutOff(process: string): void {
    this.#wentAlone.add(process)
    this.trouble.set(process, Number.POSITIVE_INFINITY)
  }

  reached(process: string): void {
    this.trouble.set(process, this.time.now)
  }

  /**
   * The store answers a process. Where it was late before, the process has gone to the platform alone meanwhile, and what
   * it brings from there is not kept when the store tells a generation that is younger than the exchange.
   */
  answeredByStore(process: string): void {
    if (this.#wentAlone.has(process)) this.disturbed = true
  }

  stoodStill(process: string): void {
    this.stood.add(process)
    this.disturb()
    this.failed(process)
  }

  // What the store tells.

  logoutAsked(process: string, subject: string, id: string, renewal: boolean): void {
    if (this.#asked.has(id)) return
    const person = this.#names.of(subject)
    this.#asked.set(id, { process, renewal, person, firstAsked: this.step })
    if (!this.rotates) return
    // It ends what began before it was called, from the moment on in which it is known whom it concerns.
    const isOne = (each: LogoutFact): boolean =>
      each.process === process && each.person === person && each.renewal === renewal
    const called = [...this.logouts, ...this.#withdrawn].filter(isOne).map(({ began }) => began)
    this.#takesEffect(`${process} ${person}`, renewal, called.length > 0 ? Math.max(...called) : undefined)
    if (this.#withdrawn.some(isOne)) this.storeChanges()
  }

  logoutRecorded(id: string, dropped: readonly string[]): void {
    for (const logout of this.#coveredBy(id)) {
      logout.recordedAt ??= this.time.now
      logout.recordedLastAt = this.time.now
      logout.recordedBy ??= id
      if (logout.recordedBy === id) for (const value of dropped) logout.dropped.add(value)
    }
  }

  looks(process: string, subject: string): { done(): void; arrived(): void } {
    const look = { process, person: this.#names.of(subject), asked: this.step, doneAt: 0, isTold: false }
    this.lookedAt.push(look)
    return {
      done: () => {
        look.doneAt = this.time.now
      },
      arrived: () => {
        look.isTold = true
      },
    }
  }

  hears(
    process: string,
    what: { subject: string; id: string; renewal: boolean } | undefined,
    tell: () => void,
  ): void {
    if (what !== undefined) {
      const person = this.#names.of(what.subject)
      this.#takesEffect(`${process} ${person}`, what.renewal)
      for (const logout of this.#coveredBy(what.id)) {
        if (!logout.heard.has(process)) logout.heard.set(process, this.step)
      }
    }
    tell()
  }

  /** The logouts that are recorded with this one: those of the same process that were called before it was first asked for. */
  #coveredBy(id: string): LogoutFact[] {
    const asked = this.#asked.get(id)
    if (asked === undefined) return []
    return this.logouts.filter(
      ({ process, person, began, renewal }) =>
        process === asked.process &&
        person === asked.person &&
        renewal === asked.renewal &&
        began <= asked.firstAsked,
    )
  }
}
