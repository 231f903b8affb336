import type { Result } from './report/report.js'

/** How much is measured: enough to believe it, or just enough to see that it runs. */
export interface Scale {
  /** How often each contender has its turn. */
  rounds: number
  /** How long a turn is, in ms, where calls are repeated in it. */
  turnMs: number
  /** How often something is started, where a turn is one start. */
  starts: number
}

export const full: Scale = { rounds: 9, turnMs: 500, starts: 21 }
export const smoke: Scale = { rounds: 1, turnMs: 20, starts: 1 }

export interface Benchmark {
  /** What is typed to run only this one. */
  name: string
  run(scale: Scale): Promise<Result>
}
