import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Timing } from './timed.js'

const entry = fileURLToPath(new URL('contender-main.js', import.meta.url))

/** A module that is measured: `create` is called once, what it gives again and again. */
export interface ContenderModule {
  create(...args: string[]): Promise<() => unknown> | (() => unknown)
}

/** A contender in a process of its own, so that nobody's garbage or compiled code is in another's way. */
export interface ContenderProcess {
  time(timing: Timing): Promise<number>
  close(): Promise<void>
}

export async function startContender(
  module: URL,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<ContenderProcess> {
  const child = fork(entry, [module.href, ...args], { execArgv: [...execArgv] })
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the process of ${module.pathname} ended with ${code}`)
  })
  gone.catch(() => {}) // told to whoever waits for an answer
  const answer = async (): Promise<unknown> => (await Promise.race([once(child, 'message'), gone]))[0]
  await answer()
  return {
    async time(timing) {
      child.send(timing)
      return Number(await answer())
    },
    async close() {
      child.disconnect()
      await gone.catch(() => {})
    },
  }
}
