import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe } from 'vitest'
import { singleServer } from './clients.js'
import { describeOnRedis } from './suite.js'

describe.skipIf(redisIsMissing())('ioredis on one server', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  for (const name of ['ioredis 5', 'ioredis 6'] as const)
    describeOnRedis(name, () => singleServer[name](server))
})
