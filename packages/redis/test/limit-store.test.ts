import {
  type RedisServer,
  redisIsMissing,
  startRedis,
  startRedisCluster,
} from '@tesouro-tokens/conformance/redis'
import type { LimitStore } from '@tesouro-tokens/core'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { redisLimitStore } from '../src/index.js'
import { cluster, names, type Opened, singleServer, unusual } from './clients.js'

/** A store as one more process has it. */
async function open<Where>(
  connect: (where: Where) => Promise<Opened>,
  where: Where,
  keyPrefix?: string,
): Promise<LimitStore> {
  const { client, close } = await connect(where)
  onTestFinished(close)
  return redisLimitStore({ client, keyPrefix })
}

const missing = redisIsMissing()
let keys = 0
const newKey = (): string => `key-${keys++}`
const waits = async (store: LimitStore, key: string, times: number, withinMs = 60_000): Promise<number[]> => {
  const answers: number[] = []
  for (let n = 0; n < times; n += 1)
    answers.push((await store.reserve(key, { intervalMs: 10_000, withinMs })).waitMs)
  return answers
}
/** A wait that has been going on for a moment on a machine that is busy with something else. */
const about = (ms: number): unknown => expect.toSatisfy((wait: number) => wait <= ms && wait > ms - 5_000)

describe.skipIf(missing)('limits in Redis', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())

  describe.each(Object.entries({ ...singleServer, ...unusual }))('by %s', (_, connect) => {
    test('give the same slot twice, or leave one out', async () => {
      const one = await open(connect, redis)
      const other = await open(connect, redis)
      const key = newKey()
      expect(await waits(one, key, 2)).toEqual([0, about(10_000)])
      expect(await waits(other, key, 2)).toEqual([about(20_000), about(30_000)])
      expect(await waits(one, key, 1)).toEqual([about(40_000)])
      expect(await waits(one, newKey(), 1)).toEqual([0])
    })

    test('reserve a slot that nobody will wait for', async () => {
      const store = await open(connect, redis)
      const key = newKey()
      expect(await waits(store, key, 4, 15_000)).toEqual([
        0,
        ...Array(1).fill(about(10_000)),
        about(20_000),
        about(20_000),
      ])
    })

    test('give slots during a pause, or let a short pause end a long one', async () => {
      const store = await open(connect, redis)
      const key = newKey()
      await store.pause(key, 30_000)
      await store.pause(key, 1_000)
      await store.pause(key, 0)
      expect(await waits(store, key, 2)).toEqual([about(30_000), about(40_000)])
    })

    test('fail at a pause of no length', async () => {
      const store = await open(connect, redis)
      const key = newKey()
      await store.pause(key, 0)
      expect(await waits(store, key, 1)).toEqual([0])
    })

    test('count past the end of a window, or two users as one', async () => {
      const store = await open(connect, redis)
      const key = newKey()
      const count = async (name: string): Promise<number> =>
        (await store.count(name, { points: 2, windowMs: 60_000 })).waitMs
      expect([await count(key), await count(key)]).toEqual([0, 0])
      expect(await count(key)).toSatisfy((wait: number) => wait > 30_000 && wait <= 60_000)
      expect(await count(newKey())).toBe(0)
    })
  })

  test('keep a key for ever, or under a name that is not the application’s prefix and ours', async () => {
    const store = await open(singleServer['node-redis 6'], redis, 'bank')
    await redis.command('FLUSHALL')
    await store.reserve('a', { intervalMs: 60_000, withinMs: 1_000 })
    await store.pause('b', 3_600_000)
    await store.count('c', { points: 30, windowMs: 60_000 })
    const found = (await redis.command('KEYS', '*')).split('\n').sort()
    expect(found).toEqual(['bank:counts:c', 'bank:slots:a', 'bank:slots:b'])
    for (const name of found) {
      const life = Number(await redis.command('PTTL', name))
      expect(life, name).toBeGreaterThan(0)
      expect(life, name).toBeLessThanOrEqual(name === 'bank:slots:b' ? 3_600_000 : 60_000)
    }
    // as the README says: as long as the platform asks for
    expect(Number(await redis.command('PTTL', 'bank:slots:b'))).toBeGreaterThan(3_500_000)
  })

  test('round a rate that does not come out even to another rate', async () => {
    const store = await open(singleServer['node-redis 6'], redis)
    const key = newKey()
    const started = performance.now()
    let last = 0
    // 3,000 a second: a slot takes a third of a millisecond.
    for (let n = 0; n <= 600; n += 1) {
      last = (await store.reserve(key, { intervalMs: 1_000 / 3, withinMs: 1_000_000 })).waitMs
    }
    expect(last).toBeLessThanOrEqual(200_000 + 1)
    expect(last).toBeGreaterThan(200_000 - (performance.now() - started) - 2)
  })

  test('replace the script of a limiter that the application has on the same client', async () => {
    const client = new Redis(redis.port)
    onTestFinished(() => client.disconnect())
    client.defineCommand('rlflxIncr', { numberOfKeys: 1, lua: "return 'the application’s own'" })
    const store = redisLimitStore({ client })
    await store.reserve(newKey(), { intervalMs: 40, withinMs: 0 })
    const own = client as unknown as { rlflxIncr(key: string): Promise<unknown> }
    expect(await own.rlflxIncr('key')).toBe('the application’s own')
  })

  test.each([
    ['SET', 'garbage'],
    ['SET', '12'],
    ['SET', '-99999999999', 'PX', '3600000'],
    ['SET', '1000', 'PX', '3600000'],
    ['SET', 'nan', 'PX', '3600000'],
    ['SET', 'garbage', 'PX', '3600000'],
    ['SET', '0.5', 'PX', '3600000'],
    ['SET', '0x1f', 'PX', '3600000'],
    ['SET', ' 5 ', 'PX', '3600000'],
    ['SET', '0', 'PX', '315360000000'],
    ['SET', '0', 'PX', '100000000000000000'],
    ['LPUSH', 'garbage'],
    ['HSET', 'field', 'garbage'],
  ])(
    'what somebody else wrote under the name for a slot ends the limit, or all calls: %s %s',
    async (command, ...args) => {
      const store = await open(singleServer['ioredis 6'], redis)
      for (const act of [() => store.reserve(key, slow), () => store.pause?.(key, 60_000)]) {
        await redis.command('DEL', `tesouro:slots:${key}`)
        await redis.command(command, `tesouro:slots:${key}`, ...args)
        await act()
        expect(await waits(store, key, 1, 0)).toEqual([about(60_000)])
      }
    },
  )

  test.each([
    ['SET', 'garbage'],
    ['SET', '1.5', 'PX', '5000'],
    ['SET', '1'],
    ['SET', '9223372036854775807', 'PX', '5000'],
    ['SET', '-1000000', 'PX', '5000'],
    ['SET', '1000000', 'PX', '82800000'],
    ['LPUSH', 'garbage'],
    ['HSET', 'field', 'garbage'],
  ])(
    'what somebody else wrote under the name for a count ends the limit, or all minting: %s %s',
    async (command, ...args) => {
      const store = await open(singleServer['node-redis 6'], redis)
      const count = () => store.count(key, { points: 2, windowMs: 60_000 })
      await redis.command('DEL', `tesouro:counts:${key}`)
      await redis.command(command, `tesouro:counts:${key}`, ...args)
      expect([await count(), await count()]).toEqual([{ waitMs: 0 }, { waitMs: 0 }])
      expect(await count()).toEqual({ waitMs: about(60_000) })
    },
  )

  test('a pause of more than a day is taken for something that somebody else wrote, or is longer than core believes', async () => {
    const store = await open(singleServer['node-redis 6'], redis)
    const key = newKey()
    await store.pause?.(key, 48 * 3_600_000)
    const [ms] = await waits(store, key, 1, 0)
    expect(ms).toBeGreaterThan(23 * 3_600_000)
    expect(ms).toBeLessThanOrEqual(24 * 3_600_000)
  })
})

const key = 'foreign'
const slow = { intervalMs: 60_000, withinMs: 60_000 }

test.skipIf(missing)('limits in a Cluster are counted in several places, or nowhere', async () => {
  const servers = await startRedisCluster()
  onTestFinished(() => servers.stop())
  for (const name of names) {
    const store = await open(cluster[name], servers, name.replace(' ', '-'))
    for (const key of ['a', 'b', 'c', 'd']) expect(await waits(store, key, 2)).toEqual([0, about(10_000)])
    expect(await store.count('a', { points: 1, windowMs: 60_000 })).toEqual({ waitMs: 0 })
    expect((await store.count('a', { points: 1, windowMs: 60_000 })).waitMs).toBeGreaterThan(0)
  }
})

test('something that is no client, or a prefix that chooses a slot, is noticed at the first request', () => {
  const wrong = { client: {}, keyPrefix: 'a{b}' } as unknown as Parameters<typeof redisLimitStore>[0]
  expect(() => redisLimitStore(wrong)).toThrow(
    expect.objectContaining({
      code: 'configuration',
      problems: [expect.stringMatching(/^client: /), expect.stringMatching(/^keyPrefix: /)],
    }),
  )
})
