import { inspect } from 'node:util'
import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { singleServer } from './clients.js'
import { alice, aliceElse, bob, type Process, processWith, store, waiting } from './world.js'

const tenMinutes = 600_000
const valueName = (variant: string): string => `tesouro:{${alice.subject}}:token:${variant}`
const nameOf = (what: string): string => `tesouro:{${alice.subject}}:${what}`

describe.skipIf(redisIsMissing()).each(['node-redis 6', 'ioredis 6'] as const)('%s', (name) => {
  let server: RedisServer
  let process: Process
  beforeEach(async () => {
    server = await startRedis()
    process = await processWith(await singleServer[name](server))
  })
  afterEach(async () => {
    await process[Symbol.asyncDispose]()
    await server.stop()
  })
  const lifeOf = async (key: string): Promise<number> => Number(await server.command('PTTL', key))

  test('a key outlives what it holds', async () => {
    const { cache } = process
    await store(cache, alice, 'token', 5_000)
    await store(cache, aliceElse, 'token', 3_600_000)
    await store(cache, aliceElse, 'token', 7_200_000)
    await cache.forget(bob.subject)
    const answer = await cache.lease?.(bob, 24 * 3_600_000)
    if (answer === undefined || !('held' in answer)) throw new Error('the lease is not free')
    await answer.held.renew(24 * 3_600_000)
    await cache.lease?.(alice, 5_000)

    const names = (await server.command('--scan')).split('\n')
    const lives = new Map<string, number>()
    for (const key of names) lives.set(key, await lifeOf(key))
    expect([...lives].filter(([, life]) => life <= 0)).toEqual([])
    expect(lives.get(valueName(alice.variant))).toBeLessThanOrEqual(5_000)
    expect(lives.get(valueName(aliceElse.variant))).toBeLessThanOrEqual(7_200_000)
    expect(lives.get(nameOf('variants'))).toBeLessThanOrEqual(7_200_000)
    const others = [...lives].filter(([key]) => !/:(token:|variants$)/.test(key))
    expect(others.map(([key]) => key.replace(/^tesouro:({\w+}:)?/, '').replace(/:.*/, '')).sort()).toEqual([
      'announcements',
      'generation',
      'lease',
      'lease',
    ])
    expect(others.filter(([, life]) => life > tenMinutes)).toEqual([])
  })

  test('the index of a person keeps every variant that there ever was', async () => {
    const { cache } = process
    await store(cache, aliceElse, 'token', 60_000)
    const passing = Array.from({ length: 20 }, (_, count) => ({ ...alice, variant: `${count}` }))
    for (const key of passing) await store(cache, key, 'token', 300)
    const names = passing.map(({ variant }) => valueName(variant))
    await vi.waitFor(async () => expect(await server.command('EXISTS', ...names)).toBe('0'), waiting)
    await store(cache, alice, 'token', 60_000)
    expect(await server.command('ZCARD', nameOf('variants'))).toBe('2')
  })

  test('a token of a short life takes the index with it when it goes, and the others are not found any longer', async () => {
    const { cache } = process
    await store(cache, alice, 'long', 60_000)
    await store(cache, aliceElse, 'short', 300)
    await vi.waitFor(async () => expect((await cache.get(aliceElse)).value).toBeUndefined(), waiting)
    expect((await cache.get(alice)).value).toBe('long')
  })

  test('a token that has no life left leaves the one before it in its place', async () => {
    const { cache } = process
    await store(cache, alice, 'before')
    await store(cache, alice, 'over', 0)
    expect((await cache.get(alice)).value).toBeUndefined()
  })

  test('what somebody else wrote under our names is served, or stays in the way', async () => {
    const { cache } = process
    await store(cache, alice, 'token')
    for (const key of [valueName(alice.variant), nameOf('generation'), nameOf('variants')]) {
      await server.command('DEL', key)
      await server.command('RPUSH', key, 'foreign')
    }
    await server.command('RPUSH', nameOf(`lease:${alice.variant}`), 'foreign')
    await server.command('SET', valueName(aliceElse.variant), 'without a life')
    expect((await cache.get(alice)).value).toBeUndefined()
    expect((await cache.get(aliceElse)).value).toBeUndefined()
    expect(await cache.lease?.(alice, 1_000)).toHaveProperty('held')
    expect(await store(cache, alice, 'again')).toBe(true)
    expect((await cache.get(alice)).value).toBe('again')
    expect(await cache.forget(alice.subject)).toEqual(['again'])
    expect(await store(cache, alice, 'once more')).toBe(true)
  })

  test('an outcome that a newer version left fails a call, or is believed', async () => {
    const { cache } = process
    const outcomes = {
      'no json': { notCacheable: true },
      '7': { notCacheable: true },
      '{"stored":"maybe"}': { notCacheable: true },
      '{"failed":{"code":7}}': { notCacheable: true },
      '{"failed":{"code":"of_tomorrow"}}': { notCacheable: true },
      '{"failed":{"code":"of_tomorrow","kind":"passing","retryAfterSeconds":"soon"},"more":1}': {
        failed: { code: 'of_tomorrow', kind: 'passing' },
      },
    }
    for (const [written, read] of Object.entries(outcomes)) {
      const answer = await cache.lease?.(alice, 5_000)
      expect(answer).toHaveProperty('held')
      await server.command('HSET', nameOf(`lease:${alice.variant}`), 'outcome', written)
      expect(await cache.lease?.(alice, 5_000)).toEqual({ outcome: read })
      await server.command('DEL', nameOf(`lease:${alice.variant}`))
    }
  })

  test('a value is served that a logout would not find, because Redis has dropped the index', async () => {
    await store(process.cache, alice, 'token')
    await server.command('DEL', nameOf('variants'))
    expect((await process.cache.get(alice)).value).toBeUndefined()
  })

  test('a logout asks for ever which variants there are, because the name of one is no text', async () => {
    const { cache } = process
    await store(cache, alice, 'token')
    const add = "return redis.call('ZADD', KEYS[1], 9e15, 'bad ' .. string.char(255))"
    await server.command('EVAL', add, '1', nameOf('variants'))
    expect(await cache.forget(alice.subject)).toEqual(['token'])
    expect((await cache.get(alice)).value).toBeUndefined()
    expect(await server.command('EXISTS', nameOf('variants'))).toBe('0')
  })

  test('a value that Redis stores late lives on after the token', async () => {
    const { cache } = process
    const { generation } = await cache.get(alice)
    server.pause()
    const late = cache.set(alice, 'token', { ttlMs: 60_000, generation })
    const [, , lease] = await Promise.allSettled([
      late,
      new Promise((resolve) => setTimeout(resolve, 2_300)).then(() => server.resume()),
      cache.lease?.(bob, 60_000),
    ])
    await expect(late).rejects.toMatchObject({ code: 'cache_unavailable' })
    expect((await cache.get(alice)).value).toBeUndefined()
    expect(lease.status).toBe('rejected')
    expect(await cache.lease?.(bob, 60_000)).toHaveProperty('held')
  })

  test('the time that a write has waited for Redis is not taken off the life of its token', async () => {
    const { cache } = process
    const { generation } = await cache.get(alice)
    server.pause()
    const waited = cache.set(alice, 'token', { ttlMs: 60_000, generation })
    await new Promise((resolve) => setTimeout(resolve, 500))
    server.resume()
    expect(await waited).toBe(true)
    expect(await lifeOf(valueName(alice.variant))).toBeLessThanOrEqual(59_500)
  })

  test('when memory is full a logout is not recorded, or an error tells the token', async () => {
    const { cache } = process
    await store(cache, alice, 'token')
    const { generation } = await cache.get(bob)
    await server.command('CONFIG', 'SET', 'maxmemory', '1')
    const error = await cache.set(bob, 'canary', { ttlMs: 60_000, generation }).catch((error) => error)
    expect(error).toMatchObject({ code: 'cache_unavailable', message: expect.stringContaining('OOM') })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary')
    expect(await cache.forget(alice.subject)).toEqual(['token'])
    expect((await cache.get(alice)).generation).not.toBe('0')
  })
})
