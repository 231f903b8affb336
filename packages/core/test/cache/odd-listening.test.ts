import {
  createTesouroTokens,
  layeredTokenCache,
  memoryTokenCache,
  type TokenCache,
} from '@tesouro-tokens/core'
import { describe, expect, it } from 'vitest'
import { validOptions } from '../valid-options.js'

const user = { sub: 'user-1', email: 'user-1@bank.example' }

/** What an `onForget` gives that was written without looking at the contract. */
const odd: Record<string, () => unknown> = {
  'a promise of a function': async () => () => {},
  'a promise that rejects': async () => {
    throw new Error('canary')
  },
  nothing: () => undefined,
  'an object': () => ({ unsubscribe() {} }),
}

describe.each(Object.entries(odd))('a store whose onForget returns %s', (_, onForget) => {
  it.each([
    ['plain', (store: TokenCache) => store],
    ['layered', (store: TokenCache) => layeredTokenCache({ shared: store })],
  ])(
    'fails close() with a foreign error, or leaves a rejection that nobody handles (%s)',
    async (_, cacheOf) => {
      const failures: string[] = []
      const store = { ...memoryTokenCache(), local: false, onForget } as unknown as TokenCache
      const tokens = createTesouroTokens({
        ...validOptions(),
        cache: cacheOf(store),
        onEvent: (event) => {
          if (event.type === 'cache_failure') failures.push(`${event.operation} ${event.reason}`)
        },
        fetch: async () =>
          Response.json({
            access_token: 'token-1',
            token_type: 'Bearer',
            issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
            expires_in: 600,
          }),
      })
      expect(await tokens.getUserAccessToken(user)).toMatchObject({ accessToken: 'token-1' })
      await tokens.close()
      expect(new Set(failures)).toEqual(new Set(['onForget rejected']))
    },
  )
})
