/// <reference path="./rate-limiter-redis.d.ts" />
import type { LimitStore } from '@tesouro-tokens/core'
import RateLimiterRedis from 'rate-limiter-flexible/lib/RateLimiterRedis.js'
import type { Connection } from '../client/connection.js'
import { failure } from '../client/failure.js'
import type { RedisLimitStoreOptions } from '../options.js'
import { readLimitStoreOptions } from '../read-options.js'
import { countScript, pauseScript, reserveScript } from './scripts.js'

/**
 * Counts two limits in Redis or Valkey for all processes together: requests a second to the platform, which allows 30
 * for each client id, and widget tokens a minute for each user.
 *
 * Request slots are reserved by the clock of Redis (GCRA): the rate is even, also where the clocks of processes disagree.
 * They are reserved one at a time, and several at once where Redis is far away. While Redis is down or slow, each process
 * keeps the limits by itself. Names of keys are hashes, and every key expires. On a cluster each key has its own hash slot.
 *
 * @param options `client` is required; `keyPrefix` defaults to `tesouro`
 * @returns the option `limitStore` of `createTesouroTokens`
 * @throws ConfigurationError with every problem: an unknown option, a `client` that is no client of node-redis or ioredis,
 * a `keyPrefix` that cannot be used
 *
 * @example
 * ```ts
 * import { redisLimitStore, type RedisLimitStoreOptions } from '@tesouro-tokens/redis'
 * import { tesouroTokensFromEnv } from '@tesouro-tokens/core'
 *
 * export function tokensOfTheFleet(client: RedisLimitStoreOptions['client']) {
 *   return tesouroTokensFromEnv({ limitStore: redisLimitStore({ client }) })
 * }
 * ```
 */
export function redisLimitStore(options: RedisLimitStoreOptions): LimitStore {
  const { connection, keyPrefix } = readLimitStoreOptions(options)
  // Never the client itself: the limiter would define its script as a command on it, and so take the place of the
  // script of a limiter that the application has on the same client.
  const common = { storeClient: clientOf(connection), useRedisPackage: true } as const
  const slots = `${keyPrefix}:slots`
  const pauses = new RateLimiterRedis({
    ...common,
    keyPrefix: slots,
    points: 0,
    duration: 1,
    customIncrTtlLuaScript: pauseScript,
  })
  const windows = new Map<string, RateLimiterRedis>()

  const windowOf = (points: number, windowMs: number): RateLimiterRedis => {
    const name = `${points}/${windowMs}`
    const window =
      windows.get(name) ??
      new RateLimiterRedis({
        ...common,
        keyPrefix: `${keyPrefix}:counts`,
        points,
        duration: Math.max(1, Math.ceil(windowMs / 1_000)),
        customIncrTtlLuaScript: countScript,
      })
    windows.set(name, window)
    return window
  }

  return {
    async reserve(key, { intervalMs, withinMs }) {
      const slot = new RateLimiterRedis({
        ...common,
        keyPrefix: slots,
        points: Math.round(withinMs * 1_000),
        duration: 1,
        customIncrTtlLuaScript: reserveScript,
      })
      const { msBeforeNext } = await slot.consume(key, Math.ceil(intervalMs * 1_000)).catch(unlessFull)
      return { waitMs: Number(msBeforeNext) }
    },

    async pause(key, ms) {
      await pauses.penalty(key, Math.ceil(ms))
    },

    count(key, { points, windowMs }) {
      return windowOf(points, windowMs)
        .consume(key)
        .then(
          () => ({ waitMs: 0 }),
          (refused: unknown) => ({ waitMs: Math.max(1, Number(unlessFull(refused).msBeforeNext)) }),
        )
    },
  }
}

/** As much of a client as the limiter needs. */
function clientOf(connection: Connection): ConstructorParameters<typeof RateLimiterRedis>[0]['storeClient'] {
  return {
    async eval(script, { keys, arguments: args }) {
      try {
        return await connection.run(script, keys, args)
      } catch (error) {
        throw failure(error)
      }
    },
  }
}

/** The limiter rejects with its answer when there is no slot, and with an Error when Redis has failed. */
function unlessFull(refused: unknown): Answer {
  if (refused instanceof Error) throw refused
  return refused as Answer
}

/** Some clients are set up to give numbers as text. */
interface Answer {
  msBeforeNext: number | string
}
