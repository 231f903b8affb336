import type { Clock } from '../src/index.js'

/** A clock that moves when the test says so. */
export interface FakeClock extends Clock {
  advance(ms: number): void
  setBack(ms: number): void
}

export function fakeClock(start: number = Date.UTC(2026, 10, 22)): FakeClock {
  let now = start
  let monotonic = 0
  return {
    now: () => now,
    monotonic: () => monotonic,
    advance(ms) {
      now += ms
      monotonic += ms
    },
    setBack(ms) {
      now -= ms
    },
  }
}
