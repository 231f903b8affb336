import { type RedisCluster, redisIsMissing, startRedisCluster } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe } from 'vitest'
import { cluster } from './clients.js'
import { describeOnRedis } from './suite.js'

describe.skipIf(redisIsMissing())('node-redis on a cluster', () => {
  let nodes: RedisCluster
  beforeAll(async () => {
    nodes = await startRedisCluster()
  })
  afterAll(() => nodes.stop())

  for (const name of ['node-redis 5', 'node-redis 6'] as const)
    describeOnRedis(name, () => cluster[name](nodes))
})
