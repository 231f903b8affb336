import type { Result } from './report/report.js'

/** How much is measured: enough to believe it, or just enough to see that it runs. */
export interface Scale {
  /** How often each contender has its turn. */
  rounds: number
  /** How long a turn is, in ms, where calls are repeated in it. */
  turnMs: number
  /** How often something is started, where a turn is one start. */
  starts: number
  /** With how many users, where that makes a difference; ascending. */
  users: readonly number[]
  /** How long a turn under load is, in seconds or in requests, and how often each contender has one. */
  load: { duration: number } | { amount: number }
  loadRounds: number
  /** Whether applications are built first, where they can be compiled while they run. */
  build: boolean
}

export const full: Scale = {
  rounds: 15,
  turnMs: 300,
  starts: 21,
  users: [10, 1_000, 100_000],
  load: { duration: 3 },
  loadRounds: 5,
  build: true,
}
export const smoke: Scale = {
  rounds: 1,
  turnMs: 20,
  starts: 1,
  users: [10],
  load: { amount: 16 },
  loadRounds: 1,
  build: false,
}

export interface Benchmark {
  /** What is typed to run only this one. */
  name: string
  /** Tells of everything as soon as it has it: what was measured is not lost when the run is interrupted. */
  run(scale: Scale, tell: (part: Partial<Result>) => void): Promise<void>
}
