import { ConfigurationError, type TokenCache } from '@tesouro-tokens/core'
import { createAnnouncements } from './announcements/announcements.js'
import { Listeners } from './announcements/listeners.js'
import { connectionOf } from './client/connect.js'
import type { Connection } from './client/connection.js'
import { failure } from './client/failure.js'
import type { RedisClient } from './client/types.js'
import { keyNamesWith } from './key-names.js'
import { defaultKeyPrefix, isKeyPrefix, keyPrefixProblem } from './key-prefix.js'
import { createLeases } from './leases/leases.js'
import { createForget } from './person/forget.js'
import { createValues } from './person/values.js'

/** What {@link redisTokenCache} takes. */
export interface RedisTokenCacheOptions {
  /**
   * The application's client of node-redis (5 or 6) or ioredis (5 or 6): of one server, through Sentinel, or of a
   * cluster. It stays the application's: the cache neither connects nor closes it.
   */
  client: RedisClient
  /**
   * A second client of the same library that the cache alone uses, to hear of logouts in other processes. It is not
   * closed by the cache. Default: `client.duplicate()`, which is.
   */
  subscriber?: RedisClient | undefined
  /** What the names of all keys and channels begin with. Default `tesouro`. Applications that share a Redis want different ones. */
  keyPrefix?: string | undefined
}

/**
 * Keeps access tokens in Redis or Valkey, for all processes that use it: one exchange serves all, and a logout in one
 * is heard in all. Every key lives no longer than what it holds, by Redis's own clock.
 *
 * @throws ConfigurationError when `client` or `subscriber` is no client of node-redis or ioredis, or `keyPrefix` cannot be used
 *
 * @example
 * ```ts
 * import { createClient } from 'redis'
 * import { redisTokenCache } from '@tesouro-tokens/redis'
 *
 * const client = createClient({ url: process.env.REDIS_URL })
 * client.on('error', (error) => console.error('redis:', error.message))
 * await client.connect()
 *
 * export const cache = redisTokenCache({ client })
 * ```
 */
export function redisTokenCache(options: RedisTokenCacheOptions): TokenCache {
  const { connection, keyPrefix } = checked(options)
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
    async close() {
      listeners.stop()
    },
  }
}

function checked(options: unknown): { connection: Connection; keyPrefix: string } {
  const given = typeof options === 'object' && options !== null ? options : {}
  const { client, subscriber, keyPrefix = defaultKeyPrefix } = given as { readonly [name: string]: unknown }
  const problems: string[] = []
  const library = connectionOf(client, undefined)
  const connection = connectionOf(client, subscriber)
  if (library === undefined) {
    problems.push('client: must be a client of node-redis or ioredis, version 5 or 6')
  } else if (connection === undefined) {
    problems.push('subscriber: must be a client of the same library as `client`')
  } else if (subscriber === client) {
    problems.push(
      'subscriber: must be a client of its own, since a connection that listens does nothing else',
    )
  }
  if (!isKeyPrefix(keyPrefix)) problems.push(keyPrefixProblem)
  if (connection === undefined || problems.length > 0) throw new ConfigurationError(problems)
  return { connection, keyPrefix: keyPrefix as string }
}
