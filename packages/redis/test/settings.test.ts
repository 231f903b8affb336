import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unusual } from './clients.js'
import { alice, processWith, store } from './world.js'

describe.skipIf(redisIsMissing())('settings of a client', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  test.each(Object.keys(unusual))('%s: change what is kept or heard', async (name) => {
    const [first, second] = await Promise.all([unusual[name]?.(server), unusual[name]?.(server)])
    if (first === undefined || second === undefined) throw new Error('not opened')
    await using here = await processWith(first)
    await using elsewhere = await processWith(second)
    await here.hears(elsewhere.cache)
    await store(here.cache, alice, 'ünï ✓', 5_000)
    const { value, remainingMs } = await elsewhere.cache.get(alice)
    expect(value).toBe('ünï ✓')
    expect(remainingMs).toBeGreaterThan(0)
    const answer = await here.cache.lease?.(alice, 5_000)
    if (answer === undefined || !('held' in answer)) throw new Error('the lease is not free')
    expect(await elsewhere.cache.lease?.(alice, 5_000)).toEqual({ busy: true })
    expect(await answer.held.renew(5_000)).toBe(true)
    await answer.held.release({ stored: true })
    expect(await elsewhere.cache.lease?.(alice, 5_000, { waited: true })).toEqual({
      outcome: { stored: true },
    })
    expect(await elsewhere.cache.forget(alice.subject)).toEqual(['ünï ✓'])
    expect(await here.cache.get(alice)).not.toHaveProperty('value')
  })
})
