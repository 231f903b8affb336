export type { IoRedisClient, NodeRedisClient, RedisClient } from './client/types.js'
export { type RedisLimitStoreOptions, redisLimitStore } from './limits/redis-limit-store.js'
export { type RedisStores, redisStores } from './redis-stores.js'
export { type RedisTokenCacheOptions, redisTokenCache } from './redis-token-cache.js'
