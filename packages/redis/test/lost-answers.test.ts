import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type NodeRedisClient, redisTokenCache } from '../src/index.js'
import { singleServer } from './clients.js'
import { alice, aliceElse, type Process, processWith, store, waiting } from './world.js'

/** A client on which the nth command of a script from now fails: before Redis has it, or after its answer. */
function failing(client: NodeRedisClient) {
  let left = Number.POSITIVE_INFINITY
  let isDone = false
  const through = async (run: () => Promise<unknown>): Promise<unknown> => {
    left -= 1
    const fails = left === 0
    if (fails && !isDone) throw new Error('the command was lost')
    const answer = await run()
    if (fails) throw new Error('the answer was lost')
    return answer
  }
  const wrapped = new Proxy(client, {
    get(target, name) {
      if (name === 'evalSha') {
        return (...args: Parameters<typeof target.evalSha>) => through(() => target.evalSha(...args))
      }
      const member = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return {
    client: wrapped,
    failAt(command: number, how: { done: boolean }) {
      left = command
      isDone = how.done
    },
  }
}

describe.skipIf(redisIsMissing())('a logout that fails on its way', () => {
  let server: RedisServer
  let elsewhere: Process
  let close: () => void
  let here: ReturnType<typeof failing>
  beforeAll(async () => {
    server = await startRedis()
    const client = createClient({ url: server.url })
    client.on('error', () => {})
    await client.connect()
    close = () => client.destroy()
    here = failing(client)
    elsewhere = await processWith(await singleServer['ioredis 6'](server))
    await elsewhere.hears(redisTokenCache({ client: here.client, keys: false }))
  })
  afterAll(async () => {
    close()
    await elsewhere[Symbol.asyncDispose]()
    await server.stop()
  })
  beforeEach(() => {
    elsewhere.heard.length = 0
  })

  // asking which variants there are, dropping them, announcing it
  test.each([1, 2, 3].flatMap((command) => [true, false].map((done) => ({ command, done }))))(
    'at command $command (carried out: $done): what it has dropped is named by no try, or no process hears of it',
    async ({ command, done }) => {
      const cache = redisTokenCache({ client: here.client, keys: false })
      await store(cache, alice, 'one')
      await store(cache, aliceElse, 'two')
      const { generation } = await cache.get(alice)
      const request = { id: crypto.randomUUID() }
      here.failAt(command, { done })
      await expect(cache.forget(alice.subject, request)).rejects.toMatchObject({ code: 'cache_unavailable' })
      expect((await cache.forget(alice.subject, request)).sort()).toEqual(['one', 'two'])
      expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation })).toBe(false)
      expect((await cache.get(alice)).generation.split('.')[0]).toBe(request.id)
      await vi.waitFor(() => expect(elsewhere.heard).toContain(alice.subject), waiting)
    },
  )

  test('what the first try has dropped is gone because its record was evicted in between', async () => {
    const cache = redisTokenCache({ client: here.client, keys: false })
    await store(cache, alice, 'one')
    const request = { id: crypto.randomUUID() }
    here.failAt(3, { done: false })
    await expect(cache.forget(alice.subject, request)).rejects.toMatchObject({ code: 'cache_unavailable' })
    await server.command('DEL', `tesouro:{${alice.subject}}:person`)
    expect(await cache.forget(alice.subject, request)).toEqual(['one'])
  })
})
