import { randomBytes } from 'node:crypto'
import { type ExampleProcess, startExample } from '../example-process.js'
import { startBalancer } from './balancer.js'
import { findRedis } from './redis.js'

/**
 * Starts an example several times over one Redis, behind a balancer: what runs is one application to whoever calls it.
 *
 * @throws Error when there is no Redis
 */
export async function startFleet(options: {
  processes: number
  port: number
  start: Omit<Parameters<typeof startExample>[0], 'onLine'>
  onLine: (process: number, line: string) => void
}): Promise<ExampleProcess> {
  const { processes, port, start, onLine } = options
  const redis = await findRedis()
  const env = {
    ...start.env,
    REDIS_URL: redis.url,
    TESOURO_CACHE_KEYS: randomBytes(32).toString('hex'),
    AUDIT_KEY: randomBytes(32).toString('hex'),
    SESSION_SECRET: start.env.SESSION_SECRET || randomBytes(32).toString('base64url'),
    PORT: '0',
  }
  const starting = Array.from({ length: processes }, (_, index) =>
    startExample({ ...start, env, onLine: (line) => onLine(index + 1, line) }),
  )
  const stop = async (): Promise<void> => {
    const started = await Promise.allSettled(starting)
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.stop()))
    await redis.stop()
  }
  try {
    const running = await Promise.all(starting)
    const balancer = await startBalancer({ port, targets: running.map(({ origin }) => origin) })
    return {
      origin: balancer.origin,
      ended: Promise.race(running.map(({ ended }) => ended)),
      stop: async () => {
        balancer.close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
