export type { IoRedisClient, NodeRedisClient, RedisClient } from './client/types.js'
export { type RedisTokenCacheOptions, redisTokenCache } from './redis-token-cache.js'
