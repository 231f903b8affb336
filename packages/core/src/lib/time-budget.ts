import type { Clock } from './clock.js'

/** What a call may still spend on one kind of work, in milliseconds. */
export interface TimeBudget {
  readonly leftMs: number
  /** Runs work and takes off what it took. */
  spend<Result>(work: (leftMs: number) => Promise<Result>): Promise<Result>
}

/** The share of a budget with which nothing can be begun any longer. */
const tooLittle = 0.02

export function createTimeBudget(ms: number, clock: Pick<Clock, 'monotonic'>): TimeBudget {
  let leftMs = ms
  return {
    get leftMs(): number {
      return leftMs
    },
    async spend(work) {
      const startedAt = clock.monotonic()
      try {
        return await work(leftMs)
      } finally {
        const left = leftMs - (clock.monotonic() - startedAt)
        leftMs = left < ms * tooLittle ? 0 : left
      }
    },
  }
}
