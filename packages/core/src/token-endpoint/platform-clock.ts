import { dateOf } from '../lib/clock.js'
import type { Observer } from '../observer.js'

/** Clocks that differ by more are worth a word: subject tokens are about to be refused for their times. */
const tolerableMs = 60_000

/** A `Date` header counts whole seconds (RFC 9110 §5.6.7). */
const dateResolutionMs = 1_000

/**
 * By how many milliseconds this machine's clock is ahead of the platform's at least; negative where it is behind. The
 * answer was dated at some moment between `sentAt` and `receivedAt`, so that a slow answer looks like no difference.
 * `undefined`: the answer has no date.
 */
export function clockAheadMs(
  headers: Headers,
  { sentAt, receivedAt }: { sentAt: number; receivedAt: number },
): number | undefined {
  const date = dateOf(headers, receivedAt)
  if (date === undefined) return undefined
  if (sentAt > date + dateResolutionMs) return sentAt - date - dateResolutionMs
  return receivedAt < date ? receivedAt - date : 0
}

/** What to say of a clock that is wrong; `undefined` where it is near enough. */
export function clockHint(aheadMs: number | undefined): string | undefined {
  if (aheadMs === undefined || Math.abs(aheadMs) <= tolerableMs) return undefined
  return `this machine's clock is ${amountOf(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the platform's`
}

function amountOf(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** Remembers how far the clocks are apart, and tells when they come to be too far apart, and when no longer. */
export interface ClockWatch {
  heard(aheadMs: number | undefined): void
  /** Milliseconds by which this machine's clock is ahead; `undefined` while it is near enough. */
  readonly aheadMs: number | undefined
}

export function createClockWatch(observer: Observer): ClockWatch {
  let wrong: number | undefined
  return {
    get aheadMs() {
      return wrong
    },
    heard(aheadMs) {
      if (aheadMs === undefined) return
      const before = wrong
      wrong = Math.abs(aheadMs) > tolerableMs ? aheadMs : undefined
      if ((before === undefined) === (wrong === undefined)) return
      observer.emit({ type: 'clock', state: wrong === undefined ? 'right' : 'wrong', aheadMs })
    },
  }
}
