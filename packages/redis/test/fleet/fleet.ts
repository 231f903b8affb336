import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startRedis } from '@tesouro-tokens/conformance/redis'
import { type SandboxStats, startSandbox } from '@tesouro-tokens/sandbox'

/** What one process was told, and how it went. */
interface Report {
  outcomes: { code: string; retryAfterSeconds?: number; ms: number }[]
  rest: { status: number | string; ms: number }[]
  failures: unknown[]
  lastedMs: number
}

/** How a fleet did in front of the platform's limiter. */
export interface Run {
  outcomes: Report['outcomes']
  rest: Report['rest']
  failures: unknown[]
  stats: SandboxStats
  /** When each request reached the limiter, in milliseconds, in order. */
  arrivals: number[]
  lastedMs: number
}

export interface Load {
  processes: number
  users: number
  /** New users a second, over all processes. */
  perSecond: number
  /** REST calls a second, over all processes. */
  restPerSecond?: number
  timeouts?: { callMs?: number; exchangeMs?: number; attemptMs?: number; cacheMs?: number }
}

const program = fileURLToPath(new URL('./process.mjs', import.meta.url))

/** Each of the users is somebody else, and calls once. */
export async function runFleet({
  processes,
  users,
  perSecond,
  restPerSecond = 0,
  timeouts = {},
}: Load): Promise<Run> {
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
      restEveryMs: restPerSecond > 0 ? (processes * 1_000) / restPerSecond : 0,
      timeouts,
    }
    return fork(program, {
      env: { PATH: process.env.PATH, ...sandbox.env, BUDGET_PROCESS: JSON.stringify(settings) },
      execArgv: ['--unhandled-rejections=strict'],
    })
  })
  await Promise.all(children.map((child) => once(child, 'message')))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  sandbox.resetStats()
  arrivals.length = 0
  const reports = await Promise.all(
    children.map(async (child) => {
      const report = once(child, 'message') as Promise<[Report]>
      child.send('go')
      const [told] = await report
      await once(child, 'exit')
      return told
    }),
  )
  return {
    outcomes: reports.flatMap(({ outcomes }) => outcomes),
    rest: reports.flatMap(({ rest }) => rest),
    failures: reports.flatMap(({ failures }) => failures),
    stats: sandbox.stats(),
    arrivals: arrivals.sort((a, b) => a - b),
    lastedMs: Math.max(...reports.map(({ lastedMs }) => lastedMs)),
  }
}
