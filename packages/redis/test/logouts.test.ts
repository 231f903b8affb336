import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { redisTokenCache } from '../src/index.js'
import { names, singleServer } from './clients.js'
import { alice, cut, madeUpFor, type Process, processWith, store, waiting } from './world.js'

const someMissed = undefined

describe.skipIf(redisIsMissing())('on one server', () => {
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
  const open = async (name: keyof typeof singleServer, other = name): Promise<void> => {
    here = await processWith(await singleServer[name](server))
    elsewhere = await processWith(await singleServer[other](server))
    await here.hears(elsewhere.cache)
  }

  test('the two libraries do not understand each other', async () => {
    await open('ioredis 6', 'node-redis 5')
    await elsewhere.hears(here.cache)
    await store(here.cache, alice, 'token')
    expect((await elsewhere.cache.get(alice)).value).toBe('token')
  })

  test.each(names)('%s: a logout that fell into a cut is never made up for', async (name) => {
    await open(name)
    await cut([server])
    await elsewhere.cache.forget(alice.subject)
    await vi.waitFor(() => expect(madeUpFor(here)).toBe(true), waiting)
    await here.hears(elsewhere.cache)
  })

  test.each(names)('%s: a Redis that stands still is taken for one without logouts', async (name) => {
    await open(name)
    server.pause()
    // told more than once: whatever was compared in the meantime has to be compared again
    await vi.waitFor(() => expect(here.heard.length).toBeGreaterThanOrEqual(3), waiting)
    expect(here.heard.every((subject) => subject === someMissed)).toBe(true)
    server.resume()
    await here.hears(elsewhere.cache)
  })

  test.each(names)('%s: after Redis was killed and began anew, nothing is heard', async (name) => {
    await open(name)
    await server.kill()
    await vi.waitFor(() => expect(here.heard).toContain(someMissed), waiting)
    await server.restart()
    await here.hears(elsewhere.cache)
    expect(await store(here.cache, alice, 'token')).toBe(true)
  })

  test("a heartbeat of tomorrow, which is nobody's, proves for ever that the subscription is alive", async () => {
    await open('ioredis 6')
    const channels = (await server.command('PUBSUB', 'CHANNELS', 'tesouro:heartbeat:*')).split('\n')
    for (const channel of channels) await server.command('PUBLISH', channel, 'forged 1 999999999999999')
    server.pause()
    here.heard.length = 0
    await vi.waitFor(() => expect(here.heard.length).toBeGreaterThanOrEqual(3), waiting)
    server.resume()
  })

  test('a message that got lost on a living connection is never noticed', async () => {
    await open('node-redis 6')
    await server.command('HINCRBY', 'tesouro:announcements', 'number', '1')
    await vi.waitFor(() => expect(here.heard).toContain(someMissed), waiting)
    await here.hears(elsewhere.cache)
  })

  test('a message that got lost just before another one is never noticed', async () => {
    await open('node-redis 6')
    const script = `
      local number = redis.call('HINCRBY', KEYS[1], 'number', 2)
      local count = redis.call('HGET', KEYS[1], 'count')
      return redis.call('PUBLISH', ARGV[1], count .. ' ' .. number .. ' logout ' .. redis.call('TIME')[2] .. ' ' .. ARGV[2])`
    await server.command('EVAL', script, '1', 'tesouro:announcements', 'tesouro:forgotten', alice.subject)
    await vi.waitFor(() => expect(here.heard).toContain(alice.subject), waiting)
    expect(here.heard).toContain(someMissed)
  })

  test.each([
    ['five seconds ago', -5_000, { from: 4_900, to: 65_000 }],
    ['in a minute, as a clock that was set back makes it seem', 60_000, { from: 0, to: 0 }],
  ])(
    'how late a logout of %s was heard is told by clocks that disagree',
    async (_, offsetMs, { from, to }) => {
      await open('node-redis 6')
      const late: (number | undefined)[] = []
      here.cache.onForget?.((subject, what) => {
        if (subject === alice.subject) late.push(what?.lateMs)
      })
      const script = `
      local time = redis.call('TIME')
      local at = string.format('%.0f', time[1] * 1000 + ARGV[2])
      local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
      local count = redis.call('HGET', KEYS[1], 'count')
      return redis.call('PUBLISH', KEYS[2], count .. ' ' .. number .. '@' .. at .. ' logout ' .. redis.call('TIME')[2] .. ' ' .. ARGV[1])`
      const names = ['tesouro:announcements', 'tesouro:forgotten']
      // Until a heartbeat was quick enough to tell the time.
      await vi.waitFor(async () => {
        await server.command('EVAL', script, '2', ...names, alice.subject, `${offsetMs}`)
        expect(late.at(-1)).toBeDefined()
      }, waiting)
      expect(late.at(-1)).toBeGreaterThanOrEqual(from)
      expect(late.at(-1)).toBeLessThanOrEqual(to)
    },
  )

  test('one who listens keeps logouts from the others, by a mistake or by going', async () => {
    await open('node-redis 6')
    const [cache, other] = [here, elsewhere].map(({ client }) =>
      redisTokenCache({ client, keys: false, keyPrefix: 'own' }),
    )
    const heard: (string | undefined)[] = []
    const stops = [
      cache?.onForget?.(() => {
        throw new Error('a mistake')
      }),
      cache?.onForget?.((subject) => heard.push(subject)),
      cache?.onForget?.(() => {}),
    ]
    stops.pop()?.()
    await vi.waitFor(async () => {
      await other?.forget(alice.subject)
      expect(heard).toContain(alice.subject)
    }, waiting)
    for (const stop of stops) stop?.()
    const channels = (): Promise<string> => server.command('PUBSUB', 'CHANNELS', 'own:*')
    await vi.waitFor(async () => expect((await channels()).trim()).toBe(''), waiting)
  })

  test('what somebody else publishes on our channel is told as a logout', async () => {
    await open('ioredis 6')
    for (const message of [
      '',
      'hello',
      'a 1',
      'count 7 logout',
      'count 7 maybe id somebody',
      'x'.repeat(10_000),
      '{"a":1}',
    ]) {
      await server.command('PUBLISH', 'tesouro:forgotten', message)
    }
    // another application's store on the same server, in another database
    await server.command('PUBLISH', 'tesouro:forgotten', `other 7 logout id-1 ${alice.subject}`)
    await vi.waitFor(() => expect(here.heard).toContain(alice.subject), waiting)
    expect(here.heard).toEqual([alice.subject])
  })

  test.each(['node-redis 6', 'ioredis 6'] as const)(
    '%s: a subscription of which nothing is heard, although Redis answers, is kept for ever',
    async (name) => {
      elsewhere = await processWith(await singleServer[name](server))
      const own = await singleServer[name](server)
      const { client: subscriber, close } = await singleServer[name](server)
      here = await processWith(own, { subscriber })
      await here.hears(elsewhere.cache)
      // somebody takes the subscription away behind the cache's back, and the connection lives
      await (subscriber as unknown as { unsubscribe(): Promise<unknown> }).unsubscribe()
      await vi.waitFor(() => expect(here.heard).toContain(someMissed), waiting)
      await here.hears(elsewhere.cache)

      await here.cache.close?.()
      await own.close()
      const shown = await vi.waitFor(async () => {
        const clients = await server.command('CLIENT', 'LIST')
        expect(clients.split('\n').filter((line) => / sub=[1-9]/.test(line))).toHaveLength(1)
        return clients
      }, waiting)
      expect(shown, 'the given subscriber was closed').toContain('sub=0')
      await close()
    },
  )
})
