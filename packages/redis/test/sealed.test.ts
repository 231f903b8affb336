import { channel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { type TokenCache, tesouroTokensFromEnv } from '@tesouro-tokens/core'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { redisStores, redisTokenCache } from '../src/index.js'
import { names, singleServer } from './clients.js'
import { alice, store } from './world.js'

const [first, second, third] = ['a', 'b', 'c'].map((digit) => digit.repeat(64))

describe.skipIf(redisIsMissing())('what stands between a token and Redis', () => {
  let server: RedisServer
  beforeEach(async () => {
    server = await startRedis()
    await server.command('CONFIG', 'SET', 'slowlog-log-slower-than', '0')
  })
  afterEach(() => server.stop())

  async function open(name: (typeof names)[number], keys: readonly string[] | false): Promise<TokenCache> {
    const { client, close } = await singleServer[name](server)
    onTestFinished(close)
    return redisTokenCache({ client, keys })
  }

  /** What Redis and the diagnostics channels of its clients show while a token is stored, read and dropped. */
  async function shown(
    name: (typeof names)[number],
    keys: readonly string[] | false,
  ): Promise<{ [where: string]: string }> {
    const said: unknown[] = []
    const hear = (message: unknown): void => void said.push(message)
    const channels = ['node-redis:command', 'node-redis:command:reply', 'ioredis:command'].flatMap((base) => [
      base,
      ...['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((event) => `tracing:${base}:${event}`),
    ])
    for (const name of channels) channel(name).subscribe(hear)
    onTestFinished(() => {
      for (const name of channels) channel(name).unsubscribe(hear)
    })
    const cache = await open(name, keys)
    await store(cache, alice, 'canary-of-a-token')
    expect((await cache.get(alice)).value).toBe('canary-of-a-token')
    const stored = await server.command('GET', `tesouro:{${alice.subject}}:token:${alice.variant}`)
    expect(await cache.forget(alice.subject)).toEqual(['canary-of-a-token'])
    const slowLog = await server.command('SLOWLOG', 'GET', '100')
    return { stored, slowLog, channels: inspect(said, { depth: 12 }) }
  }

  test.each(names)('%s: a token stands in Redis, its slow log or a diagnostics channel', async (name) => {
    const shows = await shown(name, [first ?? ''])
    for (const [where, text] of Object.entries(shows)) expect(text, where).not.toContain('canary')
  })

  test.each(names)('%s: the same without keys shows it, so this test sees', async (name) => {
    const shows = await shown(name, false)
    for (const [where, text] of Object.entries(shows)) expect(text, where).toContain('canary')
  })

  test('while keys are changed, a process cannot read what another one sealed', async () => {
    const [old = '', fresh = '', other = ''] = [first, second, third]
    const before = await open('node-redis 6', [old, fresh])
    const after = await open('ioredis 6', [fresh, old])
    await store(before, alice, 'one')
    expect((await after.get(alice)).value).toBe('one')
    await store(after, alice, 'two')
    expect((await before.get(alice)).value).toBe('two')
    const last = await open('node-redis 6', [fresh])
    expect((await last.get(alice)).value).toBe('two')
    expect((await (await open('node-redis 6', [other])).get(alice)).value).toBeUndefined()
  })

  test('the whole set-up in one line is not sealed, not shared, or counts nothing', async () => {
    await using sandbox = await startSandbox()
    const { client, close } = await singleServer['node-redis 6'](server)
    onTestFinished(close)
    const keys = [first ?? '']
    const user = { sub: 'user-1', email: 'user@bank.example' }
    const served: string[] = []
    for (let process = 1; process <= 2; process += 1) {
      const tokens = tesouroTokensFromEnv({
        env: sandbox.env,
        ...redisStores({ client, keys, keyPrefix: 'own' }),
        // Where Redis is well, a busy machine must not look as if it were not.
        timeouts: { attemptMs: 15_000, cacheMs: 10_000 },
      })
      served.push((await tokens.getUserAccessToken(user)).accessToken)
      await tokens.close()
    }
    expect(served[0]).toBe(served[1])
    expect(sandbox.count({ kind: 'token_exchange' })).toBe(1)
    const [stored = ''] = (await server.command('KEYS', 'own:*:token:*')).split('\n')
    expect((await server.command('GET', stored)).split('.'), 'a JWE').toHaveLength(5)
    expect(await server.command('SLOWLOG', 'GET', '1000')).toContain('own:slots:')
  })
})
