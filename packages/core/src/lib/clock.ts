/** Where the time comes from; both in milliseconds. */
export interface Clock {
  /** Wall clock: milliseconds since the epoch. */
  now(): number
  /** A clock that never goes back; its zero means nothing. */
  monotonic(): number
}

// Taken when the module is loaded: the tests of an application may fake them later, and time that stands still would hold
// up for good what only waits for its turn. The wall clock is faked with theirs, so that they can let tokens expire.
const ownTimers: Timers = { setTimeout, clearTimeout }

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: performance.now.bind(performance),
}

/** What starts and stops timers. */
export type Timers = Pick<typeof globalThis, 'setTimeout' | 'clearTimeout'>

/** The timers that go with a clock: the runtime's own with the system's, those of the moment with one that was given. */
export function timersOf(clock: object): Timers {
  return clock === systemClock ? ownTimers : { setTimeout, clearTimeout }
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

/** A mark for what this process stored: only for that do its own clocks tell the age. */
let mark: string | undefined

/** Drawn at first use: workers refuse to draw anything while modules are loaded. */
export function thisProcess(): string {
  mark ??= crypto.randomUUID()
  return mark
}
