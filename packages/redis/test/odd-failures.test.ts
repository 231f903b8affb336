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
