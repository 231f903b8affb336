import { ConfigurationError } from '@tesouro-tokens/core'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { describe, expect, test } from 'vitest'
import { type RedisTokenCacheOptions, redisTokenCache } from '../src/index.js'

function problems(options: unknown): readonly string[] {
  try {
    redisTokenCache(options as RedisTokenCacheOptions)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}

describe('options', () => {
  const client = createClient()
  const ioredis = new Redis({ lazyConnect: true })

  test.each([
    ['nothing', undefined],
    ['no client', {}],
    ['a URL', { client: 'redis://user:canary@127.0.0.1:6379' }],
    ['a function', { client: createClient }],
    ['another kind of client', { client: { get: async () => null, eval: async () => null } }],
  ])('%s is taken for a client', (_, options) => {
    expect(problems(options)).toEqual(['client: must be a client of node-redis or ioredis, version 5 or 6'])
  })

  test('a subscriber is taken that cannot be one', () => {
    expect(problems({ client, subscriber: ioredis })).toEqual([
      'subscriber: must be a client of the same library as `client`',
    ])
    expect(problems({ client, subscriber: client })).toEqual([
      'subscriber: must be a client of its own, since a connection that listens does nothing else',
    ])
    expect(problems({ client, subscriber: client.duplicate() })).toEqual([])
  })

  test.each(['', 'two words', '{slot}', 'line\nbreak', 'x'.repeat(101), 7, null])(
    'a prefix is taken that spreads or hides keys: %j',
    (keyPrefix) => {
      expect(problems({ client: ioredis, keyPrefix })).toEqual([
        'keyPrefix: must be 1 to 100 characters without braces and spaces',
      ])
    },
  )

  test('several mistakes are told one after the other', () => {
    expect(problems({ keyPrefix: '' })).toHaveLength(2)
  })
})
