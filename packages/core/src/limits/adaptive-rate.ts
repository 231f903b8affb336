import type { Clock } from '../lib/clock.js'

/** How long it takes from no rate at all back to the whole one. */
const recoveryMs = 200_000

/** The least of the whole rate that is left: a client with 50 processes still keeps within its limit. */
const leastShare = 1 / 50

/** For one of so many a process takes itself when nothing is known of the others. */
export const supposedProcesses = 4

/** Requests that were under way when the rate changed say nothing about the new one: the platform counts by the second. */
const deafMs = 1_000

/**
 * The requests a second that this process allows itself: additive increase, multiplicative decrease (AIMD, as in TCP
 * congestion control, RFC 5681). Processes that share a client id and know nothing of each other find a rate at which
 * all of them get through.
 */
export class AdaptiveRate {
  readonly #full: number
  readonly #clock: Pick<Clock, 'monotonic'>
  #share = 1
  #since = -Infinity
  /** What both were before this process went on alone. */
  #before: readonly [share: number, since: number] | undefined
  /** When they are so again. */
  #backAt = Infinity

  /** `perSecond`: the whole rate. */
  constructor(perSecond: number, clock: Pick<Clock, 'monotonic'>) {
    this.#full = perSecond
    this.#clock = clock
  }

  /** Between two requests, in milliseconds, at present. */
  get intervalMs(): number {
    return 1_000 / (this.#full * this.#shareNow())
  }

  /** Between two requests at the whole rate. */
  get leastIntervalMs(): number {
    return 1_000 / this.#full
  }

  /** The platform has refused a request because there were too many. */
  halve(): void {
    const share = this.#shareNow()
    if (this.#clock.monotonic() - this.#since >= deafMs) this.#startAt(share / 2)
  }

  /** Nothing is known of the other processes any longer: until then the rate was shared with them. */
  goAlone(): void {
    const share = this.#shareNow()
    this.#backAt = Infinity
    if (this.#before !== undefined) return
    this.#before = [this.#share, this.#since]
    this.#startAt(Math.min(share, 1 / supposedProcesses))
  }

  /** The rate can be shared again. For a moment others may not know it yet, and go on alone. */
  goBack(): void {
    if (this.#before !== undefined) this.#backAt = Math.min(this.#backAt, this.#clock.monotonic() + deafMs)
  }

  #startAt(share: number): void {
    this.#share = Math.max(leastShare, share)
    this.#since = this.#clock.monotonic()
  }

  #shareNow(): number {
    if (this.#before !== undefined && this.#clock.monotonic() >= this.#backAt) {
      ;[this.#share, this.#since] = this.#before
      this.#before = undefined
    }
    return Math.min(1, this.#share + (this.#clock.monotonic() - this.#since) / recoveryMs)
  }
}
