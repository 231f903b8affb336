import { type LimitStore, layeredTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { redisLimitStore } from './limits/redis-limit-store.js'
import type { RedisTokenCacheOptions } from './options.js'
import { redisTokenCache } from './redis-token-cache.js'

/** What a fleet shares. */
export interface RedisStores {
  /** This process's memory in front of a sealed Redis. */
  cache: TokenCache
  /** The limits, counted for all processes together. */
  limitStore: LimitStore
}

/**
 * Everything that the processes of a fleet share, on one Redis: `layeredTokenCache` over {@link redisTokenCache}, and
 * {@link redisLimitStore}. The result is what `createTesouroTokens` and `tesouroTokensFromEnv` take.
 *
 * @throws ConfigurationError as {@link redisTokenCache}
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
