import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import {
  createTesouroTokens,
  createWidgetTokenHandler,
  type TesouroTokens,
  type TesouroTokensEvent,
  type TesouroTokensOptions,
  type TesouroUser,
} from '@tesouro-tokens/core'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { redisLimitStore } from '../src/index.js'
import { singleServer } from './clients.js'

const userOf = (name: string): TesouroUser => ({ sub: name, email: `${name}@bank.example` })

describe.skipIf(redisIsMissing())('two processes that share limits in Redis', () => {
  let redis: RedisServer
  let sandbox: Sandbox
  beforeEach(async () => {
    redis = await startRedis()
    sandbox = await startSandbox()
  })
  afterEach(async () => {
    await sandbox.close()
    await redis.stop()
  })

  async function open(
    library: keyof typeof singleServer,
    options: Partial<TesouroTokensOptions> = {},
  ): Promise<{
    tokens: TesouroTokens
    events: TesouroTokensEvent[]
    /** The status of a request for a widget token. */
    mint(user: TesouroUser): Promise<number>
  }> {
    const { client, close } = await singleServer[library](redis)
    const events: TesouroTokensEvent[] = []
    const tokens = createTesouroTokens({
      ...sandbox.options,
      limitStore: redisLimitStore({ client }),
      onEvent: (event) => events.push(event),
      ...options,
    })
    onTestFinished(async () => {
      await tokens.close()
      await close()
    })
    const handle = createWidgetTokenHandler<TesouroUser>({
      tokens,
      getUser: (user) => user,
      mintLimit: { perMinute: 3 },
    })
    return {
      tokens,
      events,
      mint: async (user) =>
        (await handle({ method: 'POST', host: undefined, headers: {}, request: user })).status,
    }
  }

  test('mint twice as much as the limit, or count two users as one', async () => {
    // Where Redis is well, a busy machine must not look as if it were not.
    const patient = { timeouts: { cacheMs: 10_000 } }
    const one = await open('node-redis 6', patient)
    const other = await open('ioredis 6', patient)
    const alice = userOf('alice')
    expect([await one.mint(alice), await other.mint(alice), await one.mint(alice)]).toEqual([200, 200, 200])
    expect([await one.mint(alice), await other.mint(alice)]).toEqual([429, 429])
    expect(await other.mint(userOf('bob'))).toBe(200)
    const names = await redis.command('KEYS', '*')
    for (const readable of ['alice', 'bob', sandbox.clientId]) expect(names).not.toContain(readable)
    for (const name of names.split('\n')) {
      expect(Number(await redis.command('PTTL', name)), name).toBeGreaterThan(0)
    }
  })

  test.each(['node-redis 5', 'ioredis 5'] as const)(
    'fail or wait for ever while Redis is away, or leave it alone when it is back (%s)',
    async (library) => {
      const { tokens, events, mint } = await open(library, { requestsPerSecond: 20 })
      const exchange = (name: string): Promise<unknown> => tokens.getUserAccessToken(userOf(name))
      const isUsed = async (): Promise<boolean> => (await redis.command('DBSIZE')) !== '0'
      const failures = (): number => events.filter(({ type }) => type === 'cache_failure').length

      await exchange('before')
      redis.pause()
      for (const name of ['paused-1', 'paused-2', 'paused-3']) await exchange(name)
      expect(await mint(userOf('paused'))).toBe(200)
      expect(failures()).toBeGreaterThanOrEqual(2)
      redis.resume()
      await redis.kill()
      for (const name of ['gone-1', 'gone-2']) await exchange(name)
      expect(await mint(userOf('gone'))).toBe(200)
      await redis.restart()
      let n = 0
      await expect
        .poll(async () => {
          n += 1
          await Promise.all([exchange(`back-${n}`), mint(userOf(`back-${n}`))])
          return isUsed()
        })
        .toBe(true)
    },
  )
})
