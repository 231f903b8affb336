import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startRedis } from '@tesouro-tokens/conformance/redis'
import { startSandbox } from '@tesouro-tokens/sandbox'

/** How a fleet did in front of the platform's limiter. */
export interface Run {
  /** How each call ended: `ok`, or the error's code. */
  outcomes: string[]
  /** When each request reached the limiter, in milliseconds, in order. */
  arrivals: number[]
}

export interface Load {
  processes: number
  users: number
  /** New users a second, over all processes. */
  perSecond: number
  timeouts?: { callMs?: number; cacheMs?: number }
}

const program = fileURLToPath(new URL('./process.mjs', import.meta.url))

/** Each of the users is somebody else, and calls once. */
export async function runFleet({ processes, users, perSecond, timeouts = {} }: Load): Promise<Run> {
  const arrivals: number[] = []
  await using redis = await startRedis()
  await using sandbox = await startSandbox({
    log: (line) => {
      const [, lasted = 0] = / (\d+) ms/.exec(line) ?? []
      arrivals.push(performance.now() - Number(lasted))
    },
  })
  const children = Array.from({ length: processes }, (_, index) => {
    const settings = {
      port: redis.port,
      name: `process-${index}`,
      users: Math.ceil((users - index) / processes),
      everyMs: (processes * 1_000) / perSecond,
      timeouts,
    }
    return fork(program, {
      env: { PATH: process.env.PATH, ...sandbox.env, BUDGET_PROCESS: JSON.stringify(settings) },
      execArgv: ['--unhandled-rejections=strict'],
    })
  })
  await Promise.all(children.map((child) => once(child, 'message')))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  arrivals.length = 0
  const outcomes = await Promise.all(
    children.map(async (child) => {
      const answer = once(child, 'message') as Promise<[string[]]>
      child.send('go')
      const [told] = await answer
      await once(child, 'exit')
      return told
    }),
  )
  return { outcomes: outcomes.flat(), arrivals: arrivals.sort((a, b) => a - b) }
}
