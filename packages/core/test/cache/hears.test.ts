import {
  createTesouroTokens,
  encryptedTokenCache,
  layeredTokenCache,
  memoryTokenCache,
  type TesouroTokensEvent,
  type TokenCache,
} from '@tesouro-tokens/core'
import { expect, it } from 'vitest'
import { validOptions } from '../valid-options.js'

const user = { sub: 'user-1', email: 'user-1@bank.example' }

const answering = async (): Promise<Response> =>
  Response.json({
    access_token: 'token-1',
    token_type: 'Bearer',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    expires_in: 600,
  })

it.each([
  ['layered', (store: TokenCache) => layeredTokenCache({ shared: store })],
  ['encrypted', (store: TokenCache) => encryptedTokenCache(store, { keys: ['0a'.repeat(32)] })],
])('a cache in front of a store (%s) does not pass on whether that hears of logouts', (_, open) => {
  const state = { hears: true }
  const store: TokenCache = { ...memoryTokenCache(), local: false, hears: () => state.hears }
  const cache = open(store)
  expect(cache.hears?.()).toBe(true)
  state.hears = false
  expect(cache.hears?.()).toBe(false)
  const { hears: _hears, ...silent } = store
  expect(open(silent).hears).toBeUndefined()
})

it('how late a logout was heard is told where the store says no number of milliseconds', async () => {
  const heard = new Set<Parameters<NonNullable<TokenCache['onForget']>>[0]>()
  const store: TokenCache = {
    ...memoryTokenCache(),
    onForget: (listener) => {
      heard.add(listener)
      return () => heard.delete(listener)
    },
  }
  const events: TesouroTokensEvent[] = []
  await using tokens = createTesouroTokens({
    ...validOptions(),
    cache: store,
    fetch: answering,
    onEvent: (event) => events.push(event),
  })
  await tokens.getUserAccessToken(user)
  const told = [12, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, '12', undefined] as number[]
  for (const lateMs of told) for (const listener of heard) listener('a-subject', { renewal: false, lateMs })
  const late = events.flatMap((event) => (event.type === 'forget' ? [event.lateMs] : []))
  expect(late).toEqual([12, 0, undefined, undefined, undefined, undefined, undefined])
})
