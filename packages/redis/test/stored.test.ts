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
    await store(cache, alice, 'token', 300_000)
    await store(cache, aliceElse, 'token', 3_600_000)
    await store(cache, aliceElse, 'token', 7_200_000)
    await cache.forget(bob.subject)
    const answer = await cache.lease?.(bob, 24 * 3_600_000)
    if (answer === undefined || !('held' in answer)) throw new Error('the lease is not free')
    await answer.held.renew(24 * 3_600_000)
    await cache.lease?.(alice, 300_000)

    const names = (await server.command('KEYS', '*')).split('\n')
    const lives = new Map<string, number>()
    for (const key of names) lives.set(key, await lifeOf(key))
    expect([...lives].filter(([, life]) => life <= 0)).toEqual([])
    expect(lives.get(valueName(alice.variant))).toBeLessThanOrEqual(300_000)
    expect(lives.get(valueName(aliceElse.variant))).toBeLessThanOrEqual(7_200_000)
    expect(lives.get(nameOf('person'))).toBeLessThanOrEqual(7_200_000)
    const others = [...lives].filter(([key]) => !key.includes(':token:') && key !== nameOf('person'))
    expect(others.map(([key]) => key.replace(/^tesouro:({\w+}:)?/, '').replace(/:.*/, '')).sort()).toEqual([
      'announcements',
      'lease',
      'lease',
      'person',
    ])
    expect(others.filter(([, life]) => life > tenMinutes)).toEqual([])
  })

  test('a logout that is tried again after the minute does not bring back the generation of the first time', async () => {
    const { cache } = process
    const request = { id: 'logout-1' }
    await cache.forget(alice.subject, request)
    const { generation: first } = await cache.get(alice)
    await cache.forget(alice.subject, { id: 'logout-2' })
    await server.command('HDEL', nameOf('person'), 'logout:logout-1') // as the minute does
    await cache.forget(alice.subject, request)
    expect((await cache.get(alice)).generation).not.toBe(first)
    expect(await cache.set(alice, 'from between', { ttlMs: 60_000, generation: first })).toBe(false)
  })

  test("a person's record outlives the longest of their values, or goes before it", async () => {
    const { cache } = process
    const life = (): Promise<number> => lifeOf(nameOf('person'))
    await cache.get(alice)
    expect(await life()).toBeLessThanOrEqual(tenMinutes)
    await store(cache, alice, 'long', 3_600_000)
    await store(cache, aliceElse, 'short', 60_000)
    expect(await life()).toBeGreaterThan(3_590_000)
    await store(cache, alice, 'shorter', 1_200_000)
    expect(await life()).toBeLessThanOrEqual(1_200_000)
    await cache.delete(alice)
    expect(await life()).toBeLessThanOrEqual(tenMinutes)
    await server.command('PEXPIRE', nameOf('person'), '400000')
    await cache.get(alice)
    expect(await life(), 'more than half of it is left').toBeLessThanOrEqual(400_000)
    await server.command('PEXPIRE', nameOf('person'), '200000')
    await cache.get(alice)
    expect(await life(), 'extended for somebody who calls').toBeGreaterThan(590_000)
  })

  test('what a logout has dropped stays longer than a minute, or longer than it would have lived', async () => {
    const { cache } = process
    await store(cache, alice, 'token', 3_600_000)
    await cache.forget(alice.subject, { id: 'logout-1' })
    expect(await lifeOf(nameOf('forgotten:logout-1'))).toBeLessThanOrEqual(60_000)
    await store(cache, alice, 'token', 5_000)
    await cache.forget(alice.subject, { id: 'logout-2' })
    expect(await lifeOf(nameOf('forgotten:logout-2'))).toBeLessThanOrEqual(5_000)
    await cache.forget(alice.subject, { id: 'logout-3' })
    expect(await server.command('EXISTS', nameOf('forgotten:logout-3'))).toBe('0')
    expect(await lifeOf(nameOf('person'))).toBeLessThanOrEqual(tenMinutes)
  })

  test('the record of a person keeps every variant that there ever was', async () => {
    const { cache } = process
    await store(cache, aliceElse, 'token', 60_000)
    const passing = Array.from({ length: 20 }, (_, count) => ({ ...alice, variant: `${count}` }))
    for (const key of passing) await store(cache, key, 'token', 300)
    const names = passing.map(({ variant }) => valueName(variant))
    await vi.waitFor(async () => expect(await server.command('EXISTS', ...names)).toBe('0'), waiting)
    await store(cache, alice, 'token', 60_000)
    // the generation and two values
    expect(await server.command('HLEN', nameOf('person'))).toBe('3')
  })

  test('a token of a short life takes the record with it when it goes, and the others are not found any longer', async () => {
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

  test('a value is served that a logout would not find, because Redis has dropped the record', async () => {
    await store(process.cache, alice, 'token')
    await server.command('DEL', nameOf('person'))
    expect((await process.cache.get(alice)).value).toBeUndefined()
  })

  test('a logout asks for ever which variants there are, because the name of one is no text', async () => {
    const { cache } = process
    await store(cache, alice, 'token')
    const add = "return redis.call('HSET', KEYS[1], 'token:bad ' .. string.char(255), '8e15')"
    await server.command('EVAL', add, '1', nameOf('person'))
    expect(await cache.forget(alice.subject)).toEqual(['token'])
    expect((await cache.get(alice)).value).toBeUndefined()
    expect(await server.command('HKEYS', nameOf('person'))).not.toContain('token:')
  })

  test('a value that Redis stores late lives on after the token', async () => {
    const { cache } = process
    const { generation } = await cache.get(alice)
    server.pause()
    const late = cache.set(alice, 'token', { ttlMs: 400, generation })
    await new Promise((resolve) => setTimeout(resolve, 500))
    server.resume()
    expect(await late).toBe(true)
    expect((await cache.get(alice)).value).toBeUndefined()
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
    expect(error).toMatchObject({
      code: 'cache_unavailable',
      retryable: true,
      message: expect.stringContaining('OOM'),
    })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary')
    expect(await cache.forget(alice.subject, { id: 'logout-1' })).toEqual(['token'])
    expect(await cache.forget(alice.subject, { id: 'logout-1' })).toEqual(['token'])
    expect((await cache.get(alice)).generation).toMatch(/^logout-1\.\d+$/)
  })

  test('when memory is full nobody is answered, or a value is stored under a generation that is nowhere', async () => {
    const { cache } = process
    await server.command('CONFIG', 'SET', 'maxmemory', '1')
    const { generation, value } = await cache.get(bob)
    expect(value).toBeUndefined()
    expect(await server.command('EXISTS', `tesouro:{${bob.subject}}:person`)).toBe('0')
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    expect(await cache.set(bob, 'token', { ttlMs: 60_000, generation })).toBe(false)
    expect(await store(cache, bob, 'token')).toBe(true)
  })

  test('a replica does not tell what it holds, or takes a logout for recorded', async () => {
    const { cache } = process
    await store(cache, alice, 'token')
    await server.command('REPLICAOF', '127.0.0.1', '1')
    expect((await cache.get(alice)).value).toBe('token')
    expect(await cache.get(bob)).not.toHaveProperty('value')
    const readOnly = {
      code: 'cache_unavailable',
      retryable: true,
      message: expect.stringContaining('READONLY'),
    }
    await expect(cache.forget(alice.subject)).rejects.toMatchObject(readOnly)
    await expect(cache.lease?.(alice, 5_000)).rejects.toMatchObject(readOnly)
    await server.command('REPLICAOF', 'NO', 'ONE')
    expect(await cache.forget(alice.subject)).toEqual(['token'])
  })
})
