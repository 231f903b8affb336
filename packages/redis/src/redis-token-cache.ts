import { encryptedTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { createAnnouncements } from './announcements/announcements.js'
import { Listeners } from './announcements/listeners.js'
import type { Connection } from './client/connection.js'
import { failure } from './client/failure.js'
import type { RedisClient } from './client/types.js'
import { keyNamesWith } from './key-names.js'
import { createLeases } from './leases/leases.js'
import { createForget } from './person/forget.js'
import { createValues } from './person/values.js'
import { readOptions } from './read-options.js'

/** What {@link redisTokenCache} takes. */
export interface RedisTokenCacheOptions {
  /**
   * The application's client of node-redis (5 or 6) or ioredis (5 or 6): of one server, through Sentinel, or of a
   * cluster. It stays the application's: the cache neither connects nor closes it.
   */
  client: RedisClient
  /**
   * Seals the tokens: 64 hex digits each (32 bytes), made by `openssl rand -hex 32` or
   * `npx @tesouro-tokens/cli keygen cache-key`. The first key seals, all of them open. With `false`, which has to be
   * written, tokens are readable for everybody who can read Redis, its slow log or the traces of a Redis client.
   */
  keys: readonly string[] | false
  /**
   * A second client of the same library that only the cache uses, to hear of logouts in other processes. It is not
   * closed by the cache. Default: `client.duplicate()`, which is.
   */
  subscriber?: RedisClient | undefined
  /** Prefix of every key and channel. Default `tesouro`. Applications that share a Redis need different ones. */
  keyPrefix?: string | undefined
}

/**
 * Keeps access tokens in Redis or Valkey, for all processes that use it: one exchange serves all, and a logout in one
 * is heard in all. Tokens are sealed by {@link encryptedTokenCache} before they become an argument of a command, so that
 * Redis, its slow log and traces show none. Every key lives no longer than what it holds, by Redis's own clock.
 *
 * @throws ConfigurationError with every problem: an unknown option, `client` or `subscriber` that is no client of
 * node-redis or ioredis, `keys` that are missing or no keys, a `keyPrefix` that cannot be used
 *
 * @example
 * ```ts
 * import { createClient } from 'redis'
 * import { cacheKeysFromEnv } from '@tesouro-tokens/core'
 * import { redisTokenCache } from '@tesouro-tokens/redis'
 *
 * const client = createClient({ url: process.env.REDIS_URL })
 * client.on('error', (error) => console.error('redis:', error.message))
 * client.connect().catch(() => {}) // not waited for: the application starts while Redis is away
 *
 * export const cache = redisTokenCache({ client, keys: cacheKeysFromEnv() })
 * ```
 */
export function redisTokenCache(options: RedisTokenCacheOptions): TokenCache {
  const { connection, keyPrefix, keys } = readOptions(options, ['client', 'keys', 'subscriber', 'keyPrefix'])
  const cache = unsealedCache(connection, keyPrefix)
  return keys === false ? cache : encryptedTokenCache(cache, { keys })
}

function unsealedCache(connection: Connection, keyPrefix: string): TokenCache {
  const names = keyNamesWith(keyPrefix)
  const process = crypto.randomUUID()
  const run: Connection['run'] = async (...command) => {
    try {
      return await connection.run(...command)
    } catch (error) {
      throw failure(error)
    }
  }
  const forget = createForget({ run }, names)
  const announcements = createAnnouncements({ run }, names, process)
  const listeners = new Listeners({ connection, announcements, names, process })

  return {
    ...createValues({ run }, names),
    async forget(subject, request) {
      const dropped = await forget(subject, request)
      // At every try: the announcement of the one before may have been lost with its answer.
      await announcements.forgotten(subject, { renewal: request?.renewal === true })
      return dropped
    },
    lease: createLeases({ run }, names),
    onForget: (listener) => listeners.add(listener),
    hears: () => listeners.hears(),
    async close() {
      listeners.stop()
    },
  }
}
