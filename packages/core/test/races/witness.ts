import { callMs, Evidence, type EvidenceParts } from './evidence.js'
import type { CallFact, LogoutFact, Violation } from './facts.js'
import type { Granted, PlatformWatcher } from './platform.js'
import { type RevocationResult, uncounted } from './revocations.js'

const withinMs = 1_000
const toleranceMs = 100
const uncomparedForMs = 300_000
const logoutMs = 2_000
/** So long a logout that failed may wait for its next try, and those behind it with it. */
const longestPauseMs = 12_000
const revocationMs = 20_000

/** Knows everything that has happened, and whether it was allowed to. */
export class Witness extends Evidence implements PlatformWatcher {
  readonly violations: Violation[] = []
  /** Rules that are not looked at. */
  readonly #without: ReadonlySet<string>
  /** Sessions that the platform has refused. */
  readonly #refused = new Set<string>()
  readonly #exchanges = new Set<{ readonly process: string; readonly call: CallFact }>()

  constructor({ without, ...parts }: EvidenceParts & { without: ReadonlySet<string> }) {
    super(parts)
    this.#without = without
  }

  break(rule: string, what: string): void {
    if (!this.#without.has(rule)) this.violations.push({ rule, what })
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
    const renewed = this.renewed.get(`${process} ${call.person}`) ?? -1
    for (const other of this.#exchanges) {
      const isSame = other.process === process && other.call.label === call.label
      const isJoinable = Math.min(other.call.began, call.began) > renewed
      // Under another client id it is another exchange.
      if (isSame && isJoinable && !this.stood.has(process) && !this.rotates) {
        this.break('one exchange', `${process} makes two exchanges for ${call.label} at once`)
      }
    }
    this.#exchanges.add({ process, call })
  }

  granted(token: Granted): void {
    this.newest.set(token.label, token)
    this.tokens.push(token)
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
    const isClosed = this.closedIn.has(instance)
    if (error.code === 'closed' && !isClosed) {
      this.break('closed', `a ${kind} of ${instance} was told that another instance is closed`)
    }
    if (error.code === 'user_forgotten' && !this.#mayHaveEnded(call)) {
      this.break('own logout', `a ${kind} for ${label} was told of a logout that there was not`)
    }
    if (
      error.code === 'cache_unavailable' &&
      !isClosed &&
      (this.trouble.get(call.process) ?? 0) + longestPauseMs < call.beganAt
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
    const isInTrouble = (this.trouble.get(process) ?? 0) >= beganAt
    // What the store has lost can be a logout that was missed.
    if (isInTrouble || this.stood.has(process) || this.storeChangedIn >= this.#beganToWait(call)) return true
    if ((this.ended.get(`${process} ${person}`) ?? -1) >= began) return true
    return this.logouts.some((logout) => {
      if (logout.process === process && logout.person === person && logout.began >= began) return true
      const last = logout.recordedLastAt ?? logout.recordedAt
      return logout.person === person && last !== undefined && last + callMs >= beganAt
    })
  }

  /** A logout with revocation has resolved. */
  counted(logout: LogoutFact, result: RevocationResult, dropped: readonly Granted[]): void {
    for (const what of uncounted(this, logout, result, dropped)) this.break('revoked or counted', what)
  }

  #mustNotBeOver(process: string, call: CallFact, what: string): void {
    const ended = this.ended.get(`${process} ${call.person}`) ?? -1
    if (ended > call.began) {
      this.break(
        'ended calls',
        `${what} for a call of ${call.person}'s in ${process} that a logout had ended`,
      )
    }
    if ((this.closedIn.get(call.instance) ?? this.step) < this.step) {
      this.break('closed', `${what} for a call of ${call.instance}, which is closed`)
    }
  }

  /**
   * A logout elsewhere of which nothing is heard shows when the store is compared. It ends the calls that began before a
   * look of their process that came before the logout, and those whose request was sent with a token from before it.
   */
  #mustHaveShown(call: CallFact, what: string): void {
    const { process, person, began } = call
    if (this.storeChangedIn >= began || this.stood.has(process) || this.#isGoneAlone(call)) return
    for (const logout of this.logouts) {
      const { recordedAt = Number.POSITIVE_INFINITY } = logout
      if (logout.renewal || logout.process === process || logout.person !== person) continue
      if (logout.began <= began || this.time.now <= recordedAt + withinMs + toleranceMs) continue
      const knewBefore = this.lookedAt.some(
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
          `${what} in ${process} for a call of ${person}'s, ${this.time.now - recordedAt} ms after a logout elsewhere had ended it`,
        )
    }
  }

  #judge(call: CallFact, token: Granted, how: string): void {
    const { process } = call
    const now = this.time.now
    const named = `${token.text} ${how} by ${process}`
    if (token.label !== call.label) this.break('own token', `${named} to ${call.label}`)
    this.held.set(`${process} ${token.label}`, token)
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
    const now = renewal ? beganAt : this.time.now
    const sureAt = resolvedAt ?? recordedAt + logoutMs
    const from = Math.max(sureAt, this.trouble.get(process) ?? 0)
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
    if ((this.trouble.get(process) ?? 0) >= beganAt) return true
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
      if (recordedAt !== undefined || this.closedIn.has(instance)) continue
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
