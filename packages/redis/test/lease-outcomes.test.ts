import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { singleServer } from './clients.js'
import { alice, type Process, processWith } from './world.js'

const lease = `tesouro:{${alice.subject}}:lease:${alice.variant}`
const passing = { code: 'rate_limited', kind: 'passing' }

describe.skipIf(redisIsMissing())('what is read of an outcome', () => {
  let server: RedisServer
  let process: Process
  beforeAll(async () => {
    server = await startRedis()
    process = await processWith(await singleServer['node-redis 6'](server))
  })
  afterAll(async () => {
    await process[Symbol.asyncDispose]()
    await server.stop()
  })

  /** Puts a text where another process leaves the outcome, and reads it as one that waited for it. */
  async function read(written: string): Promise<unknown> {
    await server.command('DEL', lease)
    expect(await process.cache.lease?.(alice, 60_000)).toHaveProperty('held')
    await server.command('HSET', lease, 'outcome', written)
    const answer = await process.cache.lease?.(alice, 60_000, { waited: true })
    return answer !== undefined && 'outcome' in answer ? answer.outcome : answer
  }

  test.each([
    '',
    'no json',
    '7',
    'null',
    '[]',
    '{"stored":"maybe"}',
    '{"failed":null}',
    '{"failed":{"code":7}}',
    '{"failed":{"code":"rate_limited"}}',
    '{"failed":{"code":"of_tomorrow","kind":"passing"}}',
    '{"failed":{"code":"toString","kind":"passing"}}',
    '{"failed":{"code":"rate_limited","kind":"everybody"}}',
    '{"failed":{"code":"rate_limited","kind":"constructor"}}',
    '{"__proto__":{"stored":true}}',
  ])('what this version cannot read fails a call: %s', async (written) => {
    expect(await read(written)).toEqual({ notCacheable: true })
  })

  test.each(['passing', 'user', 'client'])("a failure of kind %s becomes another's", async (kind) => {
    const failed = {
      code: 'token_endpoint',
      kind,
      status: 401,
      error: 'invalid_client',
      retryable: true,
      retryAfterSeconds: 7.5,
    }
    expect(await read(JSON.stringify({ failed, more: 1 }))).toEqual({ failed })
  })

  test.each([
    { status: 99 },
    { status: 600 },
    { status: 400.5 },
    { status: '400' },
    { status: null },
    { error: 'x'.repeat(61) },
    { error: 'two words' },
    { error: 'line\nbreak' },
    { error: '' },
    { error: 7 },
    { retryable: 1 },
    { retryable: 'true' },
    { retryAfterSeconds: -1 },
    { retryAfterSeconds: 86_401 },
    { retryAfterSeconds: 'soon' },
    { retryAfterSeconds: [7] },
  ])('a number or text that cannot be is passed on: %j', async (absurd) => {
    expect(await read(JSON.stringify({ failed: { ...passing, ...absurd } }))).toEqual({ failed: passing })
  })

  test('a number without an end is passed on', async () => {
    expect(
      await read('{"failed":{"code":"rate_limited","kind":"passing","retryAfterSeconds":1e999}}'),
    ).toEqual({
      failed: passing,
    })
  })

  test('a polluted prototype says how an exchange ended', async () => {
    const polluted = { stored: true, failed: { ...passing } }
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true })
    }
    try {
      expect(await read('{}')).toEqual({ notCacheable: true })
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name)
    }
  })
})
