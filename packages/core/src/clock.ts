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
