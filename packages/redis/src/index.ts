export { type RedisLimitStoreOptions, redisLimitStore } from './limits/redis-limit-store.js'
