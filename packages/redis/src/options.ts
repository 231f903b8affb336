import type { RedisClient } from './client/types.js'

/** What `redisTokenCache` takes. */
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

/** What `redisLimitStore` takes. */
export interface RedisLimitStoreOptions {
  /**
   * The application's client of node-redis (5 or 6) or ioredis (5 or 6): of one server, through Sentinel, or of a
   * cluster; the one that `redisTokenCache` has will do. It stays the application's: it is neither connected nor closed.
   */
  client: RedisClient
  /** Prefix of every key. Default `tesouro`. Applications that share a Redis need different ones. */
  keyPrefix?: string | undefined
}
