import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe } from 'vitest'
import { singleServer } from './clients.js'
import { describeOnRedis } from './suite.js'

describe.skipIf(redisIsMissing())('node-redis on one server', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  describeOnRedis('node-redis 6, sealed', () => singleServer['node-redis 6'](server), ['a'.repeat(64)])
  for (const name of ['node-redis 5', 'node-redis 6'] as const)
    describeOnRedis(name, () => singleServer[name](server))
})
