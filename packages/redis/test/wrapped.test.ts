import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import {
  createTesouroTokens,
  layeredTokenCache,
  type TesouroTokens,
  type TesouroUser,
  type TokenCache,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { redisTokenCache } from '../src/index.js'
import { names, singleServer } from './clients.js'
import { waiting } from './world.js'

const user = { sub: 'user-1', email: 'user-1@bank.example' }
const other = { sub: 'user-2', email: 'user-2@bank.example' }

/** An application's own object in front of a cache, such as one that counts. */
const wrapped = (inner: TokenCache): TokenCache => ({ ...inner, get: (key) => inner.get(key) })

function start(cache: TokenCache): TesouroTokens {
  const tokens = createTesouroTokens({
    environment: 'sandbox',
    clientId: 'client-1',
    clientSecret: 'secret',
    subjectToken: unsecuredSubjectToken(),
    cache: layeredTokenCache({ shared: cache }),
    timeouts: { cacheMs: 15_000 },
    fetch: async () =>
      Response.json({
        access_token: crypto.randomUUID(),
        token_type: 'Bearer',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        expires_in: 3_600,
      }),
  })
  onTestFinished(() => tokens.close())
  return tokens
}

async function tokenOf(tokens: TesouroTokens, user: TesouroUser): Promise<string> {
  const { accessToken } = await tokens.getUserAccessToken(user)
  return accessToken
}

describe.skipIf(redisIsMissing())('two objects in front of one Redis cache, in one process', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  test.each(names)(
    '%s: a logout at one is not heard at the other, or a second time at the first',
    async (name) => {
      const { client, close } = await singleServer[name](server)
      onTestFinished(close)
      const cache = redisTokenCache({ client, keys: false, keyPrefix: name.replace(' ', '-') })
      const [one, two] = [start(wrapped(cache)), start(wrapped(cache))]
      await Promise.all([one.ready(), two.ready()])
      await vi.waitFor(() => expect(cache.hears?.()).toBe(true), waiting)
      const before = await tokenOf(two, user)
      expect(await tokenOf(one, user)).toBe(before)
      const beforeOther = await tokenOf(one, other)
      await one.forgetUser(user)
      await vi.waitFor(async () => expect(await tokenOf(two, user)).not.toBe(before), waiting)
      const after = await tokenOf(two, user)
      await two.forgetUser(other)
      await vi.waitFor(async () => expect(await tokenOf(one, other)).not.toBe(beforeOther), waiting)
      // What the first hears of its own logout would drop the token of who has signed in again.
      expect(await tokenOf(one, user)).toBe(after)
    },
  )
})
