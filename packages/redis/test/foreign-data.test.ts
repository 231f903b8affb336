import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { singleServer } from './clients.js'
import { alice, aliceElse, type Process, processWith, store, waiting } from './world.js'

const nameOf = (what: string): string => `tesouro:{${alice.subject}}:${what}`
const names: { readonly [what: string]: string } = {
  person: nameOf('person'),
  value: nameOf(`token:${alice.variant}`),
  lease: nameOf(`lease:${alice.variant}`),
  forgotten: nameOf('forgotten:logout-1'),
  announcements: 'tesouro:announcements',
}
/** How somebody else may have filled a key of ours, without an end. */
const types: { readonly [type: string]: readonly [command: string, ...args: string[]] } = {
  string: ['SET', 'foreign'],
  list: ['RPUSH', 'foreign'],
  set: ['SADD', 'foreign'],
  'sorted set': ['ZADD', '1', 'foreign'],
  hash: ['HSET', 'field', 'foreign'],
  stream: ['XADD', '*', 'field', 'foreign'],
}
/** How long what somebody else has put there still lives: for ever, or it is there no longer. */
const lifeOfForeignData = `
if string.find(redis.call('DUMP', KEYS[1]) or '', 'foreign', 1, true) then return redis.call('PTTL', KEYS[1]) end
return -1`
const cases = Object.keys(names).flatMap((what) => Object.keys(types).map((type) => ({ what, type })))

describe.skipIf(redisIsMissing())('data of somebody else under one of our names', () => {
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
  beforeEach(async () => {
    const ours = (await server.command('KEYS', 'tesouro:{*')).split('\n').filter(Boolean)
    if (ours.length > 0) await server.command('DEL', ...ours)
    elsewhere.heard.length = 0
  })
  const put = async ({ what, type }: { what: string; type: string }): Promise<string> => {
    const name = names[what] ?? ''
    // in one step: another process's heartbeat would put its count there
    const script = "redis.call('DEL', KEYS[1]) redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))"
    await server.command('EVAL', script, '1', name, ...(types[type] ?? []))
    return name
  }

  test.each(cases)('a $type at the name of $what: a logout is not recorded or not heard', async (foreign) => {
    const { cache } = here
    await store(cache, aliceElse, 'token')
    const { generation } = await cache.get(alice)
    await put(foreign)
    const dropped = await cache.forget(alice.subject, { id: 'logout-1' })
    // with the record, the names of the values are lost
    if (foreign.what !== 'person') expect(dropped).toEqual(['token'])
    expect((await cache.get(alice)).generation).toMatch(/^logout-1\.\d+$/)
    expect((await cache.get(aliceElse)).value).toBeUndefined()
    expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation })).toBe(false)
    expect(await cache.forget(alice.subject, { id: 'logout-1' })).toEqual(dropped)
    await vi.waitFor(() => expect(elsewhere.heard).toContain(alice.subject), waiting)
  })

  test.each(cases)('a $type at the name of $what: it is served, or stays in the way', async (foreign) => {
    const { cache } = here
    await store(cache, alice, 'token')
    await put(foreign)
    const { value } = await cache.get(alice)
    expect(value).toBe(foreign.what === 'person' || foreign.what === 'value' ? undefined : 'token')
    const lease = await cache.lease?.(alice, 60_000, { waited: true })
    if (lease === undefined || !('held' in lease)) throw new Error('the lease is not free')
    expect(await lease.held.renew(60_000)).toBe(true)
    await lease.held.release({ stored: true })
    expect(await cache.lease?.(alice, 60_000, { waited: true })).toEqual({ outcome: { stored: true } })
    expect(await store(cache, alice, 'again')).toBe(true)
    expect((await cache.get(alice)).value).toBe('again')
    await cache.delete(alice)
    expect((await cache.get(alice)).value).toBeUndefined()
  })

  test.each(cases)(
    'a $type at the name of $what: it is given a life that it did not have',
    async (foreign) => {
      const { cache } = here
      const { generation } = await cache.get(alice)
      const lease = await cache.lease?.(alice, 60_000)
      if (lease === undefined || !('held' in lease)) throw new Error('the lease is not free')
      const name = await put(foreign)
      // each operation by itself
      const operations = [
        () => cache.get(alice),
        () => cache.set(alice, 'token', { ttlMs: 60_000, generation }),
        () => cache.delete(alice),
        () => lease.held.renew(60_000),
        () => lease.held.release({ stored: true }),
        () => cache.lease?.(alice, 60_000),
        () => cache.forget(alice.subject, { id: 'logout-1' }),
      ]
      for (const operation of operations) {
        await put(foreign)
        await operation()
        expect(await server.command('EVAL', lifeOfForeignData, '1', name)).toBe('-1')
      }
    },
  )

  test.each([
    ['count', 'two words'],
    ['count', ''],
    ['number', 'many'],
    ['number', '-7'],
    ['number', '999999999999999'],
    ['number', '1e300'],
  ])('a count of logouts that cannot be ends all announcements: %s %j', async (field, text) => {
    await server.command('HSET', 'tesouro:announcements', field, text)
    await here.cache.forget(alice.subject)
    await vi.waitFor(() => expect(elsewhere.heard).toContain(alice.subject), waiting)
    await elsewhere.hears(here.cache)
  })

  test.each([
    ['token:never', '1e308'],
    ['token:never', 'nan'],
    ['token:never', '-inf'],
    ['logout:logout-1', '1e308'],
    ['logout:logout-1', '9000000000000'],
    ['strange', 'field'],
  ])('a field of the record that cannot be blocks a logout or a value: %s %s', async (field, text) => {
    const { cache } = here
    await store(cache, alice, 'token')
    await server.command('HSET', names.person ?? '', field, text)
    expect(await store(cache, alice, 'again')).toBe(true)
    expect(await cache.forget(alice.subject, { id: 'logout-1' })).toEqual(['again'])
    expect((await cache.get(alice)).generation).toMatch(/^logout-1\.\d+$/)
  })

  test('a lease that never ends keeps everybody waiting', async () => {
    const { generation } = await here.cache.get(alice)
    const foreign = ['generation', generation, 'owner', 'nobody']
    await server.command('HSET', names.lease ?? '', ...foreign)
    expect(await here.cache.lease?.(alice, 60_000)).toHaveProperty('held')
  })
})
