import type { CallFact, LogoutFact, Violation } from './facts.js'
import type { Names } from './names.js'
import type { Granted, PlatformWatcher } from './platform.js'
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

const withinMs = 1_000
const toleranceMs = 100
const uncomparedForMs = 300_000
const callMs = 20_000
const logoutMs = 2_000
/** So long a logout that failed may wait for its next try, and those behind it with it. */
const longestPauseMs = 12_000
/** So long a store knows what a logout dropped. */
const repeatableMs = 60_000
const revocationMs = 20_000

/** Knows everything that has happened, and whether it was allowed to. */
export class Witness implements StoreWatcher, PlatformWatcher {
  readonly violations: Violation[] = []
  readonly calls: CallFact[] = []
  readonly logouts: LogoutFact[] = []
  /** Whether anything has happened by which a process may lose a token without a logout. */
  disturbed = false
  /** When the store or the world last lost something. */
  #disturbedIn = -1
  /** The token that a process was last seen to have, by process and session. */
  readonly #held = new Map<string, Granted>()
  /** The newest token of each session. */
  readonly #newest = new Map<string, Granted>()
  readonly #granted: Granted[] = []
  /** Sessions that the platform has refused. */
  readonly #refused = new Set<string>()
  /** Counts what has happened: what happens in one step happens at once. */
  step = 0
  /** Rules that are not looked at. */
  readonly #without: ReadonlySet<string>
  readonly #rotates: boolean
  readonly #time: SimulatedTime
  readonly #names: Names
  readonly #asked = new Map<string, AskedLogout>()
  readonly #looks: Look[] = []
  /** The last step in which the store lost something that it knew, or got it back. */
  #storeChangedIn = -1
  /** The last step in which whatever was under way for a person in a process had to end. */
  readonly #ended = new Map<string, number>()
  readonly #renewed = new Map<string, number>()
  readonly #withdrawn: LogoutFact[] = []
  /** Processes that the store has failed in reading or in a lease, so that they went to the platform alone. */
  readonly #wentAlone = new Set<string>()
  readonly #trouble = new Map<string, number>()
  readonly #stood = new Set<string>()
  readonly #closed = new Map<string, number>()
  readonly #exchanges = new Set<{ readonly process: string; readonly call: CallFact }>()

  constructor(parts: {
    time: SimulatedTime
    names: Names
    without: ReadonlySet<string>
    /** Whether a logout may have to wait until the client id is known: it takes effect then. */
    rotates: boolean
  }) {
    this.#time = parts.time
    this.#names = parts.names
    this.#without = parts.without
    this.#rotates = parts.rotates
  }

  break(rule: string, what: string): void {
    if (!this.#without.has(rule)) this.violations.push({ rule, what })
  }

  begin(
    call: Pick<CallFact, 'kind' | 'process' | 'instance' | 'person' | 'label' | 'rejectedToken'>,
  ): CallFact {
    const begins = { id: this.calls.length, began: this.step, beganAt: this.#time.now }
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
      beganAt: this.#time.now,
      recordedAt: undefined,
      recordedLastAt: undefined,
      recordedBy: undefined,
      resolvedAt: undefined,
    }
    const told = { heard: new Map<string, number>(), dropped: new Set<string>() }
    const held = renewal ? [] : this.#mustBeKnownTo(process, person)
    const logout = { process, instance, person, renewal, ...times, ...told, held }
    this.logouts.push(logout)
    if (!this.#rotates) this.#takesEffect(`${process} ${person}`, renewal)
    return logout
  }

  /** From now on whatever was under way for a person in a process has ended, or is joined no longer. */
  #takesEffect(name: string, renewal: boolean, step = this.step): void {
    const last = renewal ? this.#renewed : this.#ended
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
      const isKnown = this.#disturbedIn < first.began && this.#time.now - first.beganAt < repeatableMs / 2
      return isKnown ? [...first.held] : []
    }
    if (this.disturbed) return []
    return [...this.#held]
      .filter(([name, { label }]) => name.startsWith(`${process} ${person}/`) && label.startsWith(person))
      .map(([, token]) => token)
      .filter((token) => this.#newest.get(token.label) === token)
  }

  logoutResolved(logout: LogoutFact): void {
    logout.resolvedAt = this.#time.now
    logout.recordedAt ??= this.#time.now
  }

  /** A process may lose a token by this without a logout. */
  disturb(): void {
    this.disturbed = true
    this.#disturbedIn = this.step
  }

  /** The store loses something that it knew, or gets it back. */
  storeChanges(): void {
    this.disturb()
    this.#storeChangedIn = this.step
  }

  closed(instance: string): void {
    this.#closed.set(instance, this.step)
  }

  /** Time in which a process could not do what it has to. */
  failed(process: string, what = ''): void {
    // What could not be kept in the store is kept in memory: that loses nothing.
    if (!what.startsWith('keep ')) this.#wentAlone.add(process)
    this.#trouble.set(process, Math.max(this.#trouble.get(process) ?? 0, this.#time.now))
  }

  /** From now on a process cannot reach the store, and does not know that it hears of nothing. */
  cutOff(process: string): void {
    this.#wentAlone.add(process)
    this.#trouble.set(process, Number.POSITIVE_INFINITY)
  }

  reached(process: string): void {
    this.#trouble.set(process, this.#time.now)
  }

  /**
   * The store answers a process. Where it was late before, the process has gone to the platform alone meanwhile, and what
   * it brings from there is not kept when the store tells a generation that is younger than the exchange.
   */
  answeredByStore(process: string): void {
    if (this.#wentAlone.has(process)) this.disturbed = true
  }

  stoodStill(process: string): void {
    this.#stood.add(process)
    this.disturb()
    this.failed(process)
  }

  // What the store tells.

  logoutAsked(process: string, subject: string, id: string, renewal: boolean): void {
    if (this.#asked.has(id)) return
    const person = this.#names.of(subject)
    this.#asked.set(id, { process, renewal, person, firstAsked: this.step })
    if (!this.#rotates) return
    // It ends what began before it was called, from the moment on in which it is known whom it concerns.
    const isOne = (each: LogoutFact): boolean =>
      each.process === process && each.person === person && each.renewal === renewal
    const called = [...this.logouts, ...this.#withdrawn].filter(isOne).map(({ began }) => began)
    this.#takesEffect(`${process} ${person}`, renewal, called.length > 0 ? Math.max(...called) : undefined)
    if (this.#withdrawn.some(isOne)) this.storeChanges()
  }

  logoutRecorded(id: string, dropped: readonly string[]): void {
    for (const logout of this.#coveredBy(id)) {
      logout.recordedAt ??= this.#time.now
      logout.recordedLastAt = this.#time.now
      logout.recordedBy ??= id
      if (logout.recordedBy === id) for (const value of dropped) logout.dropped.add(value)
    }
  }

  looks(process: string, subject: string): { done(): void; arrived(): void } {
    const look = { process, person: this.#names.of(subject), asked: this.step, doneAt: 0, isTold: false }
    this.#looks.push(look)
    return {
      done: () => {
        look.doneAt = this.#time.now
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

  // What the platform tells.

  signed(process: string, call: CallFact): void {
    this.#mustNotBeOver(process, call, 'a subject token is asked for')
    this.#mustHaveShown(call, 'a subject token is asked for')
  }

  exchangeAsked(process: string, id: number): void {
    const call = this.calls[id]
    if (call === undefined) throw new Error('an exchange was asked for by no call')
    this.#mustNotBeOver(process, call, 'an exchange is asked for')
    this.#mustHaveShown(call, 'an exchange is asked for')
    const renewed = this.#renewed.get(`${process} ${call.person}`) ?? -1
    for (const other of this.#exchanges) {
      const isSame = other.process === process && other.call.label === call.label
      const isJoinable = Math.min(other.call.began, call.began) > renewed
      // Under another client id it is another exchange.
      if (isSame && isJoinable && !this.#stood.has(process) && !this.#rotates) {
        this.break('one exchange', `${process} makes two exchanges for ${call.label} at once`)
      }
    }
    this.#exchanges.add({ process, call })
  }

  granted(token: Granted): void {
    this.#newest.set(token.label, token)
    this.#granted.push(token)
  }

  refused(label: string): void {
    this.#refused.add(label)
    // The process drops what it and the store have.
    this.disturb()
  }

  exchangeOver(process: string, id: number): void {
    for (const exchange of this.#exchanges) {
      if (exchange.process !== process || exchange.call.id !== id) continue
      this.#exchanges.delete(exchange)
      return
    }
  }

  sent(process: string, id: number, token: Granted | undefined): void {
    const call = this.calls[id]
    if (call === undefined) throw new Error('a request was sent by no call')
    call.waitsForPlatform = true
    call.usedMs = 0
    call.sends += 1
    if (call.sends > 2) this.break('one replay', `a fetch of ${call.instance} is sent ${call.sends} times`)
    this.#mustNotBeOver(process, call, 'a request is sent')
    this.#mustHaveShown(call, 'a request is sent')
    call.sentWith ??= token
    if (token === undefined) this.break('own token', 'a request was sent without a token of the platform')
    else this.#judge(call, token, 'is sent')
  }

  answered(id: number): void {
    const call = this.calls[id]
    if (call === undefined) return
    call.waitsForPlatform = false
    call.usedMs = 0
  }

  // What callers are told.

  /** A call has resolved. */
  served(call: CallFact, token: Granted | undefined): void {
    call.isOver = true
    call.toldIn = this.step
    this.#mustNotBeOver(call.process, call, `a ${call.kind} is answered`)
    if (call.kind !== 'fetch') this.#mustHaveShown(call, `a ${call.kind} is answered`)
    if (call.kind !== 'get') return
    if (token !== undefined && token.text === call.rejectedToken) {
      this.break('rejected token', `${token.text} is served to a call that does not want it`)
    }
    if (token === undefined) this.break('own token', 'a call was given no token of the platform')
    else this.#judge(call, token, 'is served')
  }

  /** A call has rejected. `error`: `undefined` where it is none of ours. */
  rejected(
    call: CallFact,
    error: { code: string; status?: number; retryAfterSeconds?: number | undefined } | undefined,
    told: string,
  ): void {
    call.isOver = true
    call.toldIn = this.step
    const { kind, instance, label } = call
    if (error === undefined) {
      this.break('our errors', `a ${kind} rejected with what is no error of ours: ${told}`)
      return
    }
    const { status = 503, retryAfterSeconds = 0 } = error
    if (status < 100 || status > 599 || retryAfterSeconds < 0) {
      this.break('told sense', `a ${kind} of ${instance} was told of ${status} and ${retryAfterSeconds} s`)
    }
    const isClosed = this.#closed.has(instance)
    if (error.code === 'closed' && !isClosed) {
      this.break('closed', `a ${kind} of ${instance} was told that another instance is closed`)
    }
    if (error.code === 'user_forgotten' && !this.#mayHaveEnded(call)) {
      this.break('own logout', `a ${kind} for ${label} was told of a logout that there was not`)
    }
    if (
      error.code === 'cache_unavailable' &&
      !isClosed &&
      (this.#trouble.get(call.process) ?? 0) + longestPauseMs < call.beganAt
    ) {
      this.break('told right', `a ${kind} of ${instance} was told that the store does not answer: ${told}`)
    }
    if (error.code === 'token_endpoint' && error.status === 400 && !this.#refused.has(label)) {
      this.break('own refusal', `a ${kind} for ${label} was told of a refusal that was another's`)
    }
  }

  /** The step in which a call began, or the first one of those whose exchange it has joined: they end together. */
  #beganToWait({ process, label, began }: CallFact): number {
    const together = this.calls.filter(
      (other) =>
        other.process === process && other.label === label && (!other.isOver || other.toldIn === this.step),
    )
    return Math.min(began, ...together.map((other) => other.began))
  }

  /** Whether a logout can have ended a call, or an exchange that it joined. */
  #mayHaveEnded(call: CallFact): boolean {
    const { person, process, began, beganAt } = call
    const isInTrouble = (this.#trouble.get(process) ?? 0) >= beganAt
    // What the store has lost can be a logout that was missed.
    if (isInTrouble || this.#stood.has(process) || this.#storeChangedIn >= this.#beganToWait(call))
      return true
    if ((this.#ended.get(`${process} ${person}`) ?? -1) >= began) return true
    return this.logouts.some((logout) => {
      if (logout.process === process && logout.person === person && logout.began >= began) return true
      const last = logout.recordedLastAt ?? logout.recordedAt
      return logout.person === person && last !== undefined && last + callMs >= beganAt
    })
  }

  /** A logout with revocation has resolved. */
  counted(
    logout: LogoutFact,
    result: { forgotten: number; revoked: number; failed: number },
    dropped: readonly Granted[],
  ): void {
    const { forgotten, revoked, failed } = result
    if (forgotten !== revoked + failed) {
      this.break(
        'revoked or counted',
        `${forgotten} tokens were dropped, ${revoked} revoked, ${failed} failed`,
      )
    }
    if (this.#disturbedIn >= logout.began || this.#time.now - logout.beganAt > repeatableMs / 2) return
    const { now } = this.#time
    const missed = dropped
      .filter(({ revocationAsked, expiresAt }) => !revocationAsked && expiresAt > now)
      .map(({ text }) => text)
    if (missed.length > failed) {
      this.break('revoked or counted', `${missed.join(', ')} dropped, neither revoked nor counted as failed`)
    }
    // What another process's logout has dropped is that one's to revoke.
    const isShared = this.logouts.some(
      ({ person, process, began }) =>
        person === logout.person && process !== logout.process && began >= logout.began,
    )
    const lost = logout.held.filter(
      (token) =>
        !isShared &&
        !token.revocationAsked &&
        // A process counts a token's life from its request on: what the platform takes to answer is missing at its end.
        token.expiresAt > now + callMs &&
        !this.#isReplacedBefore(logout, token),
    )
    if (lost.length > failed) {
      const texts = lost.map(({ text }) => text).join(', ')
      this.break('revoked or counted', `${texts} was held, and is neither revoked nor counted as failed`)
    }
    // A store that tells again what it has dropped leaves out what has ended since.
    const ended = this.#granted.filter(
      ({ person, expiresAt }) => person === logout.person && expiresAt > logout.beganAt && expiresAt <= now,
    )
    if (logout.dropped.size - ended.length > forgotten) {
      this.break('revoked or counted', `the store dropped ${logout.dropped.size}, told were ${forgotten}`)
    }
  }

  /**
   * Whether another token may have taken its place in the store before the logout was there: a newer one, or one of another
   * process that made the same exchange meanwhile.
   */
  #isReplacedBefore({ recordedAt = Number.POSITIVE_INFINITY }: LogoutFact, token: Granted): boolean {
    return this.#granted.some((other) => {
      if (other === token || other.label !== token.label || other.at > recordedAt) return false
      const isOfSameTime = other.process !== token.process && other.at + callMs >= token.at
      return isOfSameTime || this.#newest.get(token.label) === other
    })
  }

  #mustNotBeOver(process: string, call: CallFact, what: string): void {
    const ended = this.#ended.get(`${process} ${call.person}`) ?? -1
    if (ended > call.began) {
      this.break(
        'ended calls',
        `${what} for a call of ${call.person}'s in ${process} that a logout had ended`,
      )
    }
    if ((this.#closed.get(call.instance) ?? this.step) < this.step) {
      this.break('closed', `${what} for a call of ${call.instance}, which is closed`)
    }
  }

  /**
   * A logout elsewhere of which nothing is heard shows when the store is compared. It ends the calls that began before a
   * look of their process that came before the logout, and those whose request was sent with a token from before it.
   */
  #mustHaveShown(call: CallFact, what: string): void {
    const { process, person, began } = call
    if (this.#storeChangedIn >= began || this.#stood.has(process) || this.#isGoneAlone(call)) return
    for (const logout of this.logouts) {
      const { recordedAt = Number.POSITIVE_INFINITY } = logout
      if (logout.renewal || logout.process === process || logout.person !== person) continue
      if (logout.began <= began || this.#time.now <= recordedAt + withinMs + toleranceMs) continue
      const knewBefore = this.#looks.some(
        (look) =>
          look.process === process &&
          look.person === person &&
          look.isTold &&
          look.asked > began &&
          look.doneAt < recordedAt,
      )
      const usedBefore = call.sentWith !== undefined && call.sentWith.step < logout.began
      if (knewBefore || usedBefore)
        this.break(
          'ended elsewhere',
          `${what} in ${process} for a call of ${person}'s, ${this.#time.now - recordedAt} ms after a logout elsewhere had ended it`,
        )
    }
  }

  #judge(call: CallFact, token: Granted, how: string): void {
    const { process } = call
    const now = this.#time.now
    const named = `${token.text} ${how} by ${process}`
    if (token.label !== call.label) this.break('own token', `${named} to ${call.label}`)
    this.#held.set(`${process} ${token.label}`, token)
    if (token.expiresAt <= now)
      this.break('no expired token', `${named} ${now - token.expiresAt} ms after its end`)
    for (const logout of this.logouts) {
      if (logout.person !== token.person || token.step >= logout.began) continue
      const known = logout.process === process ? logout.began : logout.heard.get(process)
      if (known !== undefined && known <= call.began) {
        this.break('logout', `${named} although it knew of a ${logout.renewal ? 'renewal' : 'logout'}`)
      }
      if (logout.process !== process) this.#judgeElsewhere(logout, call, named)
    }
  }

  #judgeElsewhere(logout: LogoutFact, call: CallFact, named: string): void {
    const { process, beganAt } = call
    const { recordedAt, resolvedAt, renewal } = logout
    if (recordedAt === undefined) return
    // A renewal ends no call, so that it is the call's beginning that counts.
    const now = renewal ? beganAt : this.#time.now
    const sureAt = resolvedAt ?? recordedAt + logoutMs
    const from = Math.max(sureAt, this.#trouble.get(process) ?? 0)
    if (now > from + withinMs + toleranceMs && !this.#isGoneAlone(call)) {
      this.break('logout elsewhere', `${named} ${now - from} ms after a logout elsewhere`)
    }
    if (now > recordedAt + uncomparedForMs + callMs + toleranceMs) {
      this.break(
        'logout elsewhere',
        `${named} ${now - recordedAt} ms after a logout elsewhere, however cut off`,
      )
    }
  }

  /**
   * Whether a call may have gone to the platform alone, so that it is compared with nothing: the store has failed it, it
   * began while a logout of its process was on its way into the store, or a renewal was on its way since. Where nobody
   * tells of logouts, one elsewhere in that moment does not end it.
   */
  #isGoneAlone({ process, person, began, beganAt }: CallFact): boolean {
    if ((this.#trouble.get(process) ?? 0) >= beganAt) return true
    return this.logouts.some(
      (each) =>
        each.process === process &&
        each.person === person &&
        (each.renewal || each.began <= began) &&
        (each.resolvedAt ?? each.recordedAt ?? Number.POSITIVE_INFINITY) >= beganAt,
    )
  }

  /** Time has passed for those processes that run. */
  passed(ms: number, runs: (process: string) => boolean): void {
    for (const call of this.calls) {
      if (call.isOver || call.waitsForPlatform || !runs(call.process)) continue
      call.usedMs += ms
      const limit = call.kind === 'forget' || call.kind === 'renew' ? logoutMs + revocationMs : callMs
      if (call.usedMs > limit + toleranceMs) {
        this.break('deadline', `a ${call.kind} of ${call.instance} has not settled after ${call.usedMs} ms`)
        call.isOver = true
      }
    }
  }

  /** What every process must have had the store record by now. */
  checkRecorded(): void {
    for (const { instance, person, recordedAt } of this.logouts) {
      if (recordedAt !== undefined || this.#closed.has(instance)) continue
      this.break('logout recorded', `the store was never told of the logout of ${person} by ${instance}`)
    }
  }

  /** What an instance that is closed still waits for. */
  checkClosed(instance: string): void {
    const left = this.calls.filter((call) => call.instance === instance && !call.isOver)
    for (const { kind } of left)
      this.break('closed', `a ${kind} of ${instance} did not settle when it was closed`)
  }
}
