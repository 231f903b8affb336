import {
  createTesouroTokens,
  encryptedTokenCache,
  isTesouroTokensError,
  layeredTokenCache,
  type TokenCache,
  unsecuredSubjectToken,
} from '@tesouro-tokens/core'
import fc, { type Arbitrary } from 'fast-check'
import { type Fuzzer, hold } from './fuzzer.js'
import { damaged, nearly, nearlyJson, text } from './values.js'

const common = {
  environment: 'sandbox',
  clientId: 'client-1',
  clientSecret: 'canary-of-the-client',
  subjectToken: unsecuredSubjectToken(),
  retry: false,
} as const
const user = { sub: 'alice', email: 'alice@bank.example' }
const grant = {
  access_token: 'good-token',
  token_type: 'Bearer',
  expires_in: 3_600,
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
}

/** Answers of the token endpoint. */
export const tokenAnswers: Fuzzer = {
  name: 'token answers',
  property: () => {
    const head = fc.dictionary(
      fc.constantFrom('retry-after', 'date', 'ratelimit-reset', 'ratelimit-remaining', 'x-request-id'),
      fc.oneof(fc.constantFrom('0', '99999999999999999999', 'Sun, 06 Nov 1994 08:49:37 GMT'), fc.string()),
    )
    return fc.asyncProperty(
      mostly(200, 204, 301, 400, 401, 403, 408, 429, 500, 503),
      mostly('application/json', 'application/json;charset=utf-8', 'text/html', ''),
      fc.oneof({ weight: 5, arbitrary: nearly(grant).map((one) => JSON.stringify(one)) }, nearlyJson),
      head,
      async (status, type, body, headers) => {
        const fetch = async (): Promise<Response> =>
          new Response(status === 204 ? null : body, {
            status,
            headers: { ...safe(headers), 'content-type': type },
          })
        const tokens = createTesouroTokens({ ...common, fetch, requestsPerSecond: false })
        try {
          const { accessToken, expiresAt } = await tokens.getUserAccessToken(user)
          hold(/^[\x21-\x7e]+$/.test(accessToken), 'a token that cannot be sent')
          hold(expiresAt === undefined || Number.isFinite(expiresAt), `expires at ${expiresAt}`)
        } catch (error) {
          hold(isTesouroTokensError(error), `threw ${String(error)}`)
          hold(!String(error).includes('canary'), 'shows a secret')
        }
        await tokens.close()
      },
    )
  },
}

/** The first one in four of five cases. */
function mostly<Value>(usual: Value, ...others: readonly Value[]): Arbitrary<Value> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, fc.constantFrom(...others))
}

/** Only what a header can hold. */
function safe(headers: { readonly [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).map(([name, one]) => [name, one.replace(/[^\x20-\x7e]/g, '')]),
  )
}

const goodFetch = async (): Promise<Response> => Response.json(grant)

/** A cache that answers whatever it is told to. */
function cacheOf(answer: unknown, lease: unknown): TokenCache {
  return {
    get: async () => answer as Awaited<ReturnType<TokenCache['get']>>,
    set: async () => true,
    delete: async () => {},
    forget: async () => answer as string[],
    lease: async () => lease as Awaited<ReturnType<NonNullable<TokenCache['lease']>>>,
  }
}

/** What stores answer: values, generations, times, leases and outcomes. */
export const cachedValues: Fuzzer = {
  name: 'cached values',
  property: () => {
    const moment = { now: Date.now(), monotonic: 0 }
    const stored = nearly({
      v: 1,
      accessToken: 'good-token',
      lifetimeMs: 3.6e6,
      process: 'p',
      requestedAt: moment,
    })
    const value = fc.oneof(
      stored.map((one) => JSON.stringify(one)),
      damaged(sealed),
      nearlyJson,
      fc.anything(),
    )
    const answer = fc.oneof(
      fc.record({
        value,
        generation: fc.oneof(text, fc.anything()),
        remainingMs: fc.oneof(fc.integer(), fc.double(), fc.anything()),
        now: fc.oneof(fc.integer(), fc.anything()),
      }),
      fc.anything(),
    )
    const outcome = nearly({
      stored: true,
      notCacheable: true,
      failed: { code: 'token_endpoint', kind: 'user' },
    })
    // One that is busy for ever is waited for, and that is tested elsewhere.
    const lease = fc.oneof(fc.record({ outcome }), fc.jsonValue()).filter((one) => !isBusy(one))
    return fc.asyncProperty(answer, lease, fc.constantFrom(...wrappers), async (given, turn, wrap) => {
      const tokens = createTesouroTokens({ ...common, fetch: goodFetch, cache: wrap(cacheOf(given, turn)) })
      try {
        const { accessToken } = await tokens.getUserAccessToken(user)
        hold(typeof accessToken === 'string' && accessToken !== '', 'no token')
      } catch (error) {
        // An outcome may say that the exchange failed elsewhere; nothing else may fail a call.
        hold(isTesouroTokensError(error), `threw ${String(error)}`)
      }
      await tokens.forgetUser(user).catch((error: unknown) => {
        hold(isTesouroTokensError(error, 'cache_unavailable'), `threw ${String(error)}`)
      })
      await tokens.close()
    })
  },
}

const keys = ['ab'.repeat(32)]
const wrappers: readonly ((cache: TokenCache) => TokenCache)[] = [
  (cache) => cache,
  (cache) => layeredTokenCache({ shared: cache }),
  (cache) => encryptedTokenCache(cache, { keys }),
  (cache) => layeredTokenCache({ shared: encryptedTokenCache(cache, { keys }) }),
]

const isBusy = (value: unknown): boolean => typeof value === 'object' && value !== null && 'busy' in value

/** A value as it is kept, so that what is damaged is nearly right. */
const sealed = await new Promise<string>((resolve) => {
  const inner: TokenCache = {
    ...cacheOf({ generation: 'g' }, undefined),
    set: async (_, value) => {
      resolve(value)
      return true
    },
  }
  const key = { subject: 's', variant: 'v' }
  void encryptedTokenCache(inner, { keys }).set(key, '{}', { ttlMs: 60_000, generation: 'g' })
})
