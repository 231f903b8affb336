export { type RedisCluster, startRedisCluster } from './redis/cluster.js'
export { redisIsMissing } from './redis/process.js'
export { type RedisSentinel, startRedisSentinel } from './redis/sentinel.js'
export { type RedisServer, startRedis } from './redis/server.js'
