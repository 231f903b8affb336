import { randomBytes } from 'node:crypto'
import { type RedisServer, startRedis } from '@tesouro-tokens/conformance/redis'
import { type Sandbox, type StartSandboxOptions, startSandbox } from '@tesouro-tokens/sandbox'
import { type FleetProcess, type FleetProcessOptions, startFleetProcess } from './fleet-process.js'

/** The platform, a Redis, and the processes of a partner's that share it. */
export interface Fleet extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly redis: RedisServer
  start(options?: Partial<FleetProcessOptions>): Promise<FleetProcess>
  startMany(count: number, options?: Partial<FleetProcessOptions>): Promise<FleetProcess[]>
  /** Token exchanges that reached the platform. */
  exchanges(user?: string): number
}

export async function openFleet(
  options: StartSandboxOptions & Pick<Partial<FleetProcessOptions>, 'client' | 'reused'> = {},
): Promise<Fleet> {
  const { client = 'redis', reused = false, ...platform } = options
  const redis = await startRedis()
  const sandbox = await startSandbox({ rateLimit: false, ...platform })
  const processes: FleetProcess[] = []
  const cacheKeys = [randomBytes(32).toString('hex')]

  const start: Fleet['start'] = async (more = {}) => {
    const process = await startFleetProcess({
      env: sandbox.env,
      client,
      reused,
      redis: { port: redis.port },
      cacheKeys,
      // Where nothing is wrong with Redis, a busy machine must not look as if there were.
      options: { timeouts: { cacheMs: 10_000, attemptMs: 15_000 } },
      ...more,
    })
    processes.push(process)
    return process
  }

  return {
    sandbox,
    redis,
    start,
    startMany: (count, more) => Promise.all(Array.from({ length: count }, () => start(more))),
    exchanges: (user) =>
      sandbox.count(user === undefined ? { kind: 'token_exchange' } : { kind: 'token_exchange', user }),
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()))
      await sandbox.close()
      await redis.stop()
    },
  }
}

/** The names of that many users. */
export function subs(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `user-${index}`)
}
