import { expect, it, vi } from 'vitest'
import { createTesouroTokens, createWidgetTokenHandler } from '../../src/index.js'
import { json } from '../http/post.js'
import { validOptions } from '../valid-options.js'

const cryptoCalls = ['getRandomValues', 'randomUUID'] as const
const subtleCalls = ['digest', 'encrypt', 'generateKey', 'importKey', 'sign', 'wrapKey'] as const

it.each([null, undefined])(
  'a request without a session (%s) costs no cryptography and no request',
  async (nobody) => {
    const fetch = vi.fn()
    const tokens = createTesouroTokens(validOptions({ fetch }))
    const handle = createWidgetTokenHandler({ tokens, getUser: () => nobody })
    const spies = [
      ...cryptoCalls.map((name) => vi.spyOn(crypto, name)),
      ...subtleCalls.map((name) => vi.spyOn(crypto.subtle, name)),
    ]
    try {
      for (const posted of [{}, { userId: 'u-1' }, { userId: 'u-1', userEmail: 'u-1@bank.example' }]) {
        const input = { method: 'POST', host: 'bank.example', request: {}, ...json(posted) }
        expect((await handle(input)).status).toBe(401)
      }
      expect(spies.map((spy) => spy.mock.calls.length)).toEqual(spies.map(() => 0))
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
    expect(fetch).not.toHaveBeenCalled()
  },
)
