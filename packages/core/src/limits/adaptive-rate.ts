import type { Clock } from '../lib/clock.js'

/** How long it takes from no rate at all back to the whole one. */
const recoveryMs = 200_000

/** The least of the whole rate that is left: a client with 50 processes still keeps within its limit. */
const leastShare = 1 / 50

/** Requests that were under way when the rate was halved say nothing about the halved rate: the platform counts by the second. */
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
    if (this.#clock.monotonic() - this.#since < deafMs) return
    this.#startAt(this.#shareNow() / 2)
  }

  /** Nothing is known of the other processes any longer: until then the rate was shared with them. */
  quarter(): void {
    this.#startAt(Math.min(this.#shareNow(), 1 / 4))
  }

  #startAt(share: number): void {
    this.#share = Math.max(leastShare, share)
    this.#since = this.#clock.monotonic()
  }

  #shareNow(): number {
    return Math.min(1, this.#share + (this.#clock.monotonic() - this.#since) / recoveryMs)
  }
}
