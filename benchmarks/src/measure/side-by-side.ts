import type { Contender } from './alternate.js'
import { type ContenderProcess, startContender } from './contender-process.js'
import type { Timing } from './timed.js'

/** A contender that is a module, measured in a process of its own. */
export interface ContenderProgram extends Omit<Contender, 'measure'> {
  module: URL
  args?: readonly string[]
  /** Flags for Node. */
  node?: readonly string[]
}

/** Starts all of them, lets `work` measure them as often as it likes, and ends them. */
export async function sideBySide<Result>(
  programs: readonly ContenderProgram[],
  work: (timedBy: (timing: Timing) => Promise<Contender[]>) => Promise<Result>,
): Promise<Result> {
  const running: (Omit<Contender, 'measure'> & ContenderProcess)[] = []
  try {
    for (const { module, args, node, ...contender } of programs) {
      running.push({ ...contender, ...(await startContender(module, args, node)) })
    }
    return await work(async (timing) => {
      for (const { time } of running) await time(timing) // its code is compiled before it counts
      return running.map(({ time, close: _, ...contender }) => ({
        ...contender,
        measure: () => time(timing),
      }))
    })
  } finally {
    for (const { close } of running) await close()
  }
}
