import type { RedisClient } from './client/types.js'

/** What `redisTokenCache` takes. */
export interface RedisTokenCacheOptions {
  /**
   * The application's client of node-redis (5 or 6) or ioredis (5 or 6): for one server, through Sentinel, or for a
   * cluster. The application connects and closes it; the cache does neither.
   */
  client: RedisClient
  /**
   * Seals the tokens: 64 hex digits each (32 bytes), made by `openssl rand -hex 32` or
   * `npx @tesouro-tokens/cli keygen cache-key`. The first key seals, all keys open. `false` stores tokens as they are:
   * anyone who can read Redis, its slow log or the traces of a Redis client can then use them. It has to be written.
   */
  keys: readonly string[] | false
  /**
   * A second client of the same library that only the cache uses, to hear of logouts in other processes. The
   * application closes it. Default: `client.duplicate()`, which the cache closes.
   */
  subscriber?: RedisClient | undefined
  /** Prefix of every key and channel. Default `tesouro`. Applications that share a Redis need different ones. */
  keyPrefix?: string | undefined
}

/** What `redisLimitStore` takes. */
export interface RedisLimitStoreOptions {
  /**
   * The application's client of node-redis (5 or 6) or ioredis (5 or 6): for one server, through Sentinel, or for a
   * cluster. It may be the client of `redisTokenCache`. The application connects and closes it; the store does neither.
   */
  client: RedisClient
  /** Prefix of every key. Default `tesouro`. Applications that share a Redis need different ones. */
  keyPrefix?: string | undefined
}
