import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { singleServer } from './clients.js'
import { alice, type Process, processWith, store } from './world.js'

const record = `tesouro:{${alice.subject}}:person`
/** Other data, in such an amount that something has to go. */
const fill = `
for i = 1, 50 do
  redis.call('SET', 'other:' .. ARGV[1] .. ':' .. i, string.rep('x', 20000), 'PX', 3600000)
end`

describe.skipIf(redisIsMissing())('a Redis that evicts', () => {
  let server: RedisServer
  let process: Process
  beforeEach(async () => {
    server = await startRedis(['--maxmemory', '8mb'])
    process = await processWith(await singleServer['node-redis 6'](server))
  })
  afterEach(async () => {
    await process[Symbol.asyncDispose]()
    await server.stop()
  })

  async function evictRecord(policy: string): Promise<void> {
    await server.command('CONFIG', 'SET', 'maxmemory-policy', policy)
    const filler = createClient({ url: server.url })
    filler.on('error', () => {})
    await filler.connect()
    for (let round = 1; (await filler.exists(record)) === 1; round += 1) {
      if (round > 2_000) throw new Error('the record is never evicted')
      await filler.eval(fill, { arguments: [`${round}`] })
    }
    filler.destroy()
  }

  describe.each([
    'allkeys-lru',
    'allkeys-lfu',
    'allkeys-random',
    'volatile-lru',
    'volatile-random',
    'volatile-ttl',
  ])('%s', (policy) => {
    test("the record of a logout is evicted, and the exchange of before brings the person's token back", async () => {
      const { cache } = process
      await store(cache, alice, 'old')
      const before = await cache.get(alice)
      await cache.forget(alice.subject, { id: 'logout-1' })
      await evictRecord(policy)
      expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation: before.generation })).toBe(false)
      const after = await cache.get(alice)
      expect(after).toEqual({ generation: expect.stringMatching(/^0\./), now: expect.any(Number) })
      expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation: before.generation })).toBe(false)
      expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation: 'logout-1' })).toBe(false)
      expect((await cache.get(alice)).value).toBeUndefined()
    })
  })
})
