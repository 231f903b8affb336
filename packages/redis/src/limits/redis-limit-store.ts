/// <reference path="./rate-limiter-redis.d.ts" />
import type { LimitStore } from '@tesouro-tokens/core'
import RateLimiterRedis from 'rate-limiter-flexible/lib/RateLimiterRedis.js'
import { evalOf, type RedisLimitClient } from './eval.js'
import { pauseScript, reserveScript } from './scripts.js'

/** What {@link redisLimitStore} takes. */
export interface RedisLimitStoreOptions {
  /** A connected client of node-redis 5 or 6, or of ioredis 5 or 6. It stays the application's. */
  client: RedisLimitClient
  /** What the names of all keys begin with. Default `tesouro`. Applications that share a Redis want different ones. */
  keyPrefix?: string | undefined
}

/**
 * Limits that all processes share, counted in Redis or Valkey: the requests a second towards the platform, which
 * allows 30 to a client id however many processes use it, and the widget tokens a minute for each user.
 *
 * Places are reserved by Redis' own clock, one at a time, so processes whose clocks disagree take turns all the same,
 * and the rate is even. While Redis is down or slow, each process keeps the limits by itself. Names of keys are
 * hashes, and every key has a time to live. On a Cluster each key stands alone.
 *
 * @example
 * ```ts
 * import { redisLimitStore, type RedisLimitStoreOptions } from '@tesouro-tokens/redis'
 * import { tesouroTokensFromEnv } from '@tesouro-tokens/core'
 *
 * export function tokensOfTheFleet(client: RedisLimitStoreOptions['client']) {
 *   const store = redisLimitStore({ client })
 *   return tesouroTokensFromEnv({ requestsPerSecond: { perSecond: 25, store } })
 * }
 * ```
 */
export function redisLimitStore({ client, keyPrefix = 'tesouro' }: RedisLimitStoreOptions): LimitStore {
  // Never the client itself: the limiter would define its script as a command on it, and so take the place of the
  // script of a limiter that the application has on the same client.
  const common = { storeClient: { eval: evalOf(client) }, useRedisPackage: true } as const
  const places = `${keyPrefix}:places`
  const pauses = new RateLimiterRedis({
    ...common,
    keyPrefix: places,
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
      })
    windows.set(name, window)
    return window
  }

  return {
    async reserve(key, { intervalMs, withinMs }) {
      const place = new RateLimiterRedis({
        ...common,
        keyPrefix: places,
        points: Math.round(withinMs * 1_000),
        duration: 1,
        customIncrTtlLuaScript: reserveScript,
      })
      const { msBeforeNext } = await place.consume(key, Math.ceil(intervalMs * 1_000)).catch(unlessFull)
      return { waitMs: msBeforeNext }
    },

    async pause(key, ms) {
      await pauses.penalty(key, Math.ceil(ms))
    },

    count(key, { points, windowMs }) {
      return windowOf(points, windowMs)
        .consume(key)
        .then(
          () => ({ waitMs: 0 }),
          (refused: unknown) => ({ waitMs: Math.max(1, unlessFull(refused).msBeforeNext) }),
        )
    },
  }
}

/** The limiter rejects with its answer when there is no place, and with an Error when Redis has failed. */
function unlessFull(refused: unknown): { msBeforeNext: number } {
  if (refused instanceof Error) throw refused
  return refused as { msBeforeNext: number }
}
