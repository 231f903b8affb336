import { encryptedTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { createAnnouncements } from './announcements/announcements.js'
import { Listeners } from './announcements/listeners.js'
import type { Connection } from './client/connection.js'
import { failure } from './client/failure.js'
import { keyNamesWith } from './key-names.js'
import { createLeases } from './leases/leases.js'
import type { RedisTokenCacheOptions } from './options.js'
import { createForget, writableId } from './person/forget.js'
import { createValues } from './person/values.js'
import { readTokenCacheOptions } from './read-options.js'

/**
 * Keeps access tokens in Redis or Valkey for all processes that use it: one exchange serves all processes, and all of
 * them hear of a logout in one of them. {@link encryptedTokenCache} seals each token before it becomes an argument of a
 * command, so that Redis, its slow log and traces show no token. Every key expires with what it holds, by the clock of
 * Redis. Put memory in front of it with `layeredTokenCache`, or use {@link redisStores}, which does.
 *
 * @param options `client` and `keys` are required; `subscriber` defaults to a duplicate of `client`, `keyPrefix` to
 * `tesouro`
 * @returns the option `cache` of `createTesouroTokens`. Its `close()` closes the duplicate, never the client
 * @throws ConfigurationError with every problem: an unknown option, a `client` or `subscriber` that is no client of
 * node-redis or ioredis, missing or wrong `keys`, a `keyPrefix` that cannot be used
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
  const { connection, keyPrefix, keys } = readTokenCacheOptions(options)
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
    async forget(subject, request = { id: crypto.randomUUID() }) {
      // Own members only.
      const asked = { __proto__: null, ...request }
      const [id, renewal] = [writableId(asked.id), asked.renewal === true]
      const dropped = await forget(subject, { id, renewal })
      // At every try: the announcement of the one before may have been lost with its answer.
      if (asked.unannounced !== true) await announcements.forgotten(subject, { id, renewal })
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
