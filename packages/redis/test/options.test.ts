import { ConfigurationError } from '@tesouro-tokens/core'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { describe, expect, test } from 'vitest'
import { redisLimitStore, redisStores, redisTokenCache } from '../src/index.js'

const keys = ['0123456789abcdef'.repeat(4)]

function problemsOf(open: (options: never) => unknown, options: unknown): readonly string[] {
  try {
    open(options as never)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}
const problems = (options: object): readonly string[] => problemsOf(redisTokenCache, { keys, ...options })

describe('options', () => {
  const client = createClient()
  const ioredis = new Redis({ lazyConnect: true })

  test.each([
    ['nothing', {}],
    ['no client', { client: null }],
    ['a URL', { client: 'redis://user:canary@127.0.0.1:6379' }],
    ['a function', { client: createClient }],
    ['another kind of client', { client: { get: async () => null, eval: async () => null } }],
  ])('%s is taken for a client', (_, options) => {
    expect(problems(options)).toEqual(['client: must be a client of node-redis or ioredis, version 5 or 6'])
  })

  test('what another library has put on every object is an option', () => {
    Object.defineProperty(Object.prototype, 'keyPrefix', {
      value: 'e v i l',
      configurable: true,
      writable: true,
    })
    Object.defineProperty(Object.prototype, 'nonsense', {
      value: 1,
      configurable: true,
      enumerable: true,
      writable: true,
    })
    try {
      expect(problemsOf(redisLimitStore, { client })).toEqual([])
    } finally {
      Reflect.deleteProperty(Object.prototype, 'keyPrefix')
      Reflect.deleteProperty(Object.prototype, 'nonsense')
    }
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
    expect(problems({ keyPrefix: '', keys: [] })).toHaveLength(3)
    expect(problems({ client, subscriber: client, keyPrefix: '', keys: ['canary'] })).toEqual([
      expect.stringMatching(/^keys\[0\]: /),
      expect.stringMatching(/^keyPrefix: /),
      expect.stringMatching(/^subscriber: /),
    ])
    for (const nothing of [undefined, null, 7]) expect(problemsOf(redisTokenCache, nothing)).toHaveLength(2)
  })

  const makesOne = /`openssl rand -hex 32` or `npx @tesouro-tokens\/cli keygen cache-key` makes a key/

  test.each([undefined, null, true, '', keys[0], []])(
    'tokens are left unsealed without a word: %j',
    (none) => {
      expect(problemsOf(redisTokenCache, { client, keys: none })).toEqual([expect.stringMatching(makesOne)])
      expect(problemsOf(redisStores, { client, keys: none })).toEqual([expect.stringMatching(makesOne)])
    },
  )

  test.each([
    ['too short', ['canary0123'], /^keys\[0\]: has 10 characters/],
    ['empty, as an environment variable that is not set', [''], /^keys\[0\]: is empty/],
    ['the same twice', [keys[0], keys[0]?.toUpperCase()], /^keys\[1\]: is the same as keys\[0\]/],
    ['no text', [7], /^keys\[0\]: must be a string/],
  ])('a key is taken that is none, or shown: %s', (_, wrong, problem) => {
    const found = problems({ client, keys: wrong })
    expect(found).toEqual([expect.stringMatching(problem)])
    expect(found).toEqual([expect.stringMatching(makesOne)])
    expect(found.join()).not.toMatch(/canary|0123456789abcdef/i)
  })

  test('an option that means nothing here is ignored, or shows a value', () => {
    const wrong = { client, key: keys[0], ['canary '.repeat(9)]: 1 }
    const said = ['unknown option key: there are client, keys', 'an unknown option: there are client']
    expect(problems(wrong)).toEqual(said.map((text) => expect.stringContaining(text)))
    expect(problemsOf(redisStores, { keys, ...wrong })).toHaveLength(2)
    expect(problemsOf(redisLimitStore, { client, keys })).toEqual([
      'unknown option keys: there are client, keyPrefix',
    ])
    expect(problems(wrong).join()).not.toContain('canary')
  })

  test('unsealed has to be possible where it is written', () => {
    expect(problems({ client, keys: false })).toEqual([])
    expect(problems({ client: ioredis })).toEqual([])
  })
})
