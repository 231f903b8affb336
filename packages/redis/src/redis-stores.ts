import { type LimitStore, layeredTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { redisLimitStore } from './limits/redis-limit-store.js'
import type { RedisTokenCacheOptions } from './options.js'
import { redisTokenCache } from './redis-token-cache.js'

/** What the processes of a fleet share: two options of `createTesouroTokens`. */
export interface RedisStores {
  /** Memory of this process in front of Redis, in which tokens are sealed. */
  cache: TokenCache
  /** Counts `requestsPerSecond` and `mintLimit` for all processes together. */
  limitStore: LimitStore
}

/**
 * Makes everything that the processes of a fleet share, on one Redis or Valkey: `layeredTokenCache` over
 * {@link redisTokenCache}, and {@link redisLimitStore}. Give the result to `createTesouroTokens` or
 * `tesouroTokensFromEnv`, among other options.
 *
 * @param options `client` and `keys` are required; `subscriber` defaults to a duplicate of `client`, `keyPrefix` to
 * `tesouro`
 * @returns the options `cache` and `limitStore`
 * @throws ConfigurationError with every problem, as {@link redisTokenCache}
 *
 * @example
 * ```ts
 * import { createClient } from 'redis'
 * import { cacheKeysFromEnv, tesouroTokensFromEnv } from '@tesouro-tokens/core'
 * import { redisStores } from '@tesouro-tokens/redis'
 *
 * const client = createClient({ url: process.env.REDIS_URL })
 * client.on('error', (error) => console.error('redis:', error.message))
 * client.connect().catch(() => {}) // not waited for: the application starts while Redis is away
 *
 * export const tokens = tesouroTokensFromEnv(redisStores({ client, keys: cacheKeysFromEnv() }))
 * ```
 */
export function redisStores(options: RedisTokenCacheOptions): RedisStores {
  const cache = layeredTokenCache({ shared: redisTokenCache(options) })
  const { client, keyPrefix } = options
  return { cache, limitStore: redisLimitStore({ client, keyPrefix }) }
}
