/** Where the time comes from; both in milliseconds. */
export interface Clock {
  /** Wall clock: milliseconds since the epoch. */
  now(): number
  /** A clock that never goes back; its zero means nothing. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/** A moment by both clocks. */
export interface Moment {
  readonly now: number
  readonly monotonic: number
}

export function momentOf(clock: Clock): Moment {
  return { now: clock.now(), monotonic: clock.monotonic() }
}

/**
 * How long ago a moment was, in milliseconds: the larger of both clocks' differences. The wall clock may be set
 * back, the monotonic clock may stand still while a machine sleeps; the larger difference is never too small.
 */
export function elapsedMs(clock: Clock, since: Moment): number {
  return Math.max(clock.now() - since.now, clock.monotonic() - since.monotonic)
}
