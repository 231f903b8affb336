/** The platform's time, which `faults.moveClock` can move. */
export interface PlatformClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Adds this many milliseconds. */
  move(ms: number): void
}

export function createPlatformClock(clock: { now(): number }): PlatformClock {
  let offset = 0
  return {
    now: () => clock.now() + offset,
    move: (ms) => {
      offset += ms
    },
  }
}
