import {
  createTesouroTokens,
  memoryTokenCache,
  type TesouroTokens,
  type TokenCache,
  type TokenKey,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import { credentials } from '../credentials.js'
import { inFlight } from '../measure/in-flight.js'
import { userNumber, usersAtRandom } from '../users.js'

const answer = {
  access_token: 'an-access-token-as-long-as-an-opaque-one-0123456789',
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 86_400,
}

/**
 * Calls for the token of one of many users, all of whose tokens are in the cache. Where the machine stands still, a
 * remote cache counts as down, and a token is exchanged again; with more than one in a hundred, nothing was measured.
 */
export async function warmTokens(cache: TokenCache, users: number): Promise<() => unknown> {
  let exchanges = 0
  let calls = 0
  const tokens = tokensOn(cache, () => {
    exchanges += 1
  })
  // Each once, so that memory in front of a store has all of them too.
  let next = 0
  await inFlight(() => tokens.getUserAccessToken(userNumber(next++)), 4, users)
  exchanges = 0
  const user = usersAtRandom(users)
  return () => {
    calls += 1
    if (exchanges > 10 + calls / 100) throw new Error('warm calls go to the token endpoint')
    return tokens.getUserAccessToken(user())
  }
}

function tokensOn(cache: TokenCache, onExchange: () => void): TesouroTokens {
  return createTesouroTokens({
    environment: 'sandbox',
    ...credentials,
    subjectToken: unsecuredSubjectToken(),
    cache,
    requestsPerSecond: false,
    fetch: async () => {
      onExchange()
      return Response.json(answer)
    },
  })
}

/** Exchanges go into memory, and from there into the cache: leases and the rest of an exchange would take minutes. */
export async function fill(cache: TokenCache, users: number): Promise<void> {
  const stored: { key: TokenKey; value: string; ttlMs: number }[] = []
  const memory = memoryTokenCache({ maxEntries: users })
  const recording: TokenCache = {
    ...memory,
    set(key, value, options) {
      stored.push({ key, value, ttlMs: options.ttlMs })
      return memory.set(key, value, options)
    },
  }
  const tokens = tokensOn(recording, () => {})
  let next = 0
  await inFlight(() => tokens.getUserAccessToken(userNumber(next++)), 8, users)
  await tokens.close()

  let failures = 0
  const put = async (): Promise<void> => {
    const entry = stored.pop()
    if (entry === undefined) return
    const { key, value, ttlMs } = entry
    try {
      const { generation } = await cache.get(key)
      await cache.set(key, value, { ttlMs, generation })
    } catch (error) {
      // On a busy machine a store may be late now and then.
      failures += 1
      if (failures > 1_000) throw error
      stored.push(entry)
      await put()
    }
  }
  await inFlight(put, 8, stored.length)
}
