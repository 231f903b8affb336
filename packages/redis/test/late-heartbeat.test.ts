import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { standStill } from '@tesouro-tokens/conformance/stand-still'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { singleServer } from './clients.js'
import { alice, type Process, processWith, waiting } from './world.js'

describe.skipIf(redisIsMissing())('a process takes its own slowness for a dead subscription', () => {
  let server: RedisServer
  let here: Process
  let elsewhere: Process
  beforeEach(async () => {
    server = await startRedis()
  })
  afterEach(async () => {
    await here[Symbol.asyncDispose]()
    await elsewhere[Symbol.asyncDispose]()
    await server.stop()
  })

  // Once more where Redis itself had no processor for longer than a subscription may be silent.
  test.each(['node-redis 5', 'node-redis 6', 'ioredis 5', 'ioredis 6'] as const)(
    '%s: after 5 s in which it was busy, everybody may have been logged out',
    { retry: 2 },
    async (name) => {
      here = await processWith(await singleServer[name](server))
      elsewhere = await processWith(await singleServer[name](server))
      await here.hears(elsewhere.cache)
      standStill(5_000)
      await vi.waitFor(() => expect(here.cache.hears?.()).toBe(true), waiting)
      await elsewhere.cache.forget(alice.subject)
      await vi.waitFor(() => expect(here.heard).toContain(alice.subject), waiting)
      expect(here.heard).toEqual([alice.subject])
    },
  )
})
