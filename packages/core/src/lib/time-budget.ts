import { systemClock } from './clock.js'

/** What a call may still spend on one kind of work, in milliseconds of the real clock that timers follow. */
export interface TimeBudget {
  readonly leftMs: number
  /** Runs work and takes off what it took. */
  spend<Result>(work: (leftMs: number) => Promise<Result>): Promise<Result>
}

/** The share of a budget with which nothing can be begun any longer. */
const tooLittle = 0.02

export function createTimeBudget(ms: number): TimeBudget {
  let leftMs = ms
  return {
    get leftMs(): number {
      return leftMs
    },
    async spend(work) {
      const startedAt = systemClock.monotonic()
      try {
        return await work(leftMs)
      } finally {
        const left = leftMs - (systemClock.monotonic() - startedAt)
        leftMs = left < ms * tooLittle ? 0 : left
      }
    },
  }
}
