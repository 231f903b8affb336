import type { Clock } from './clock.js'
import { startTimer } from './deadline.js'

/** What a call may still spend on one kind of work, in milliseconds. */
export interface TimeBudget {
  readonly leftMs: number
  /** Runs work and takes off what it took of the time in which this process's event loop ran. */
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
      const running = ms === Number.POSITIVE_INFINITY ? undefined : startTimer(leftMs, 'running', () => {})
      try {
        return await work(leftMs)
      } finally {
        const tookMs = clock.monotonic() - startedAt
        const left = leftMs - Math.min(tookMs, running?.stop() ?? tookMs)
        leftMs = left < ms * tooLittle ? 0 : left
      }
    },
  }
}
