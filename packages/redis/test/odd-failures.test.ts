import { createClient } from 'redis'
import { expect, test, vi } from 'vitest'
import { redisTokenCache } from '../src/index.js'

const key = { subject: 's'.repeat(43), variant: 'v'.repeat(43) }

/** A client that fails in its own way before it asks anybody. */
function cacheThatFails(reason: unknown) {
  const client = createClient()
  vi.spyOn(client, 'evalSha').mockRejectedValue(reason)
  return redisTokenCache({ client, keys: false })
}

class Odd extends Error {}
Object.defineProperty(Odd, 'name', { value: 'a name of several words' })

test.each([
  ['no error', 'token-canary', 'unknown'],
  [
    'an error without a usable name',
    Object.assign(new Odd('token-canary'), { name: 'a b', code: 7 }),
    'unknown',
  ],
  ['a code of the network', Object.assign(new Error('token-canary'), { code: 'ECONNRESET' }), 'ECONNRESET'],
  ["the server's word", new Error('CLUSTERDOWN token-canary'), 'CLUSTERDOWN'],
])('a client rejects with %s, and the error hides why or tells what was sent', async (_, reason, name) => {
  await expect(cacheThatFails(reason).get(key)).rejects.toMatchObject({
    code: 'cache_unavailable',
    retryable: true,
    message: `Redis could not be asked: ${name}`,
  })
})

/** A client that something in between gives answers which no script of ours gives. */
function cacheThatHears(answer: unknown) {
  const client = createClient()
  vi.spyOn(client, 'evalSha').mockResolvedValue(answer as never)
  return redisTokenCache({ client, keys: false })
}

test.each([null, 'OK', 7, {}])(
  'an answer that is no list ends a call, or is taken for a value: %j',
  async (answer) => {
    const cache = cacheThatHears(answer)
    const { value, generation } = await cache.get(key)
    expect(value).toBeUndefined()
    // As for a person of whom Redis knows nothing: what is stored under it is refused by Redis.
    expect(generation).toMatch(/^0\.[\w-]{36}$/)
  },
)

test('what a logout has dropped holds something that is no token', async () => {
  expect(await cacheThatHears([1, [null, 'a token', 7]]).forget(key.subject)).toEqual(['a token'])
})

test('a cache that nobody listens to says that it hears of logouts', async () => {
  const cache = cacheThatHears([])
  expect(cache.hears?.()).toBe(false)
  cache.onForget?.(() => {})()
  expect(cache.hears?.()).toBe(false)
})
