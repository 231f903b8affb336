import type { Contender, Role } from './alternate.js'
import { startContender } from './contender-process.js'
import type { Timing } from './timed.js'

/** A contender that is a module, measured in a process of its own. */
export interface ContenderProgram {
  name: string
  role: Role
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
  const running: {
    name: string
    role: Role
    time(timing: Timing): Promise<number>
    close(): Promise<void>
  }[] = []
  try {
    for (const { name, role, module, args, node } of programs) {
      running.push({ name, role, ...(await startContender(module, args, node)) })
    }
    return await work(async (timing) => {
      for (const { time } of running) await time(timing) // its code is compiled before it counts
      return running.map(({ name, role, time }) => ({ name, role, measure: () => time(timing) }))
    })
  } finally {
    for (const { close } of running) await close()
  }
}
