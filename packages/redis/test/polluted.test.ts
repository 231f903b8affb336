import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { singleServer } from './clients.js'
import { alice, type Process, processWith, store, waiting } from './world.js'

describe.skipIf(redisIsMissing())('a name on every object', () => {
  let server: RedisServer
  let here: Process
  let elsewhere: Process
  beforeAll(async () => {
    server = await startRedis()
    here = await processWith(await singleServer['node-redis 6'](server))
    elsewhere = await processWith(await singleServer['ioredis 6'](server))
    await elsewhere.hears(here.cache)
  })
  afterAll(async () => {
    await here[Symbol.asyncDispose]()
    await elsewhere[Symbol.asyncDispose]()
    await server.stop()
  })

  test.each(['beat', 'unannounced', 'renewal'])('%s: keeps a logout from other processes', async (name) => {
    await store(here.cache, alice, 'one')
    const { generation } = await here.cache.get(alice)
    elsewhere.heard.length = 0
    Object.defineProperty(Object.prototype, name, { value: true, configurable: true, writable: true })
    try {
      expect(await here.cache.forget(alice.subject, { id: crypto.randomUUID() })).toEqual(['one'])
      await vi.waitFor(() => expect(elsewhere.heard).toContain(alice.subject), waiting)
    } finally {
      Reflect.deleteProperty(Object.prototype, name)
    }
    const [before] = generation.split('~')
    const [after] = (await here.cache.get(alice)).generation.split('~')
    expect(after).not.toBe(before)
  })
})
