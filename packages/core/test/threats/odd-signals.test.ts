import type { TesouroTokens } from '@tesouro-tokens/core'
import { expect, it } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, userOf } from '../../../../conformance/src/world.js'

const user = userOf(1)
const throwing = (): never => {
  throw new Error('canary of the caller')
}
const polyfill = { aborted: false, addEventListener() {}, removeEventListener() {} }

const signals: Readonly<Record<string, unknown>> = {
  'the controller itself': new AbortController(),
  'an empty object': {},
  text: 'signal',
  'an empty text': '',
  nothing: 0,
  no: false,
  'a signal of another library': polyfill,
  'a signal whose aborted throws': Object.defineProperty({ ...polyfill }, 'aborted', { get: throwing }),
  'a signal whose addEventListener throws': { ...polyfill, throwIfAborted() {}, addEventListener: throwing },
}
const calls: Readonly<Record<string, (tokens: TesouroTokens, signal: AbortSignal) => Promise<unknown>>> = {
  mintWidgetToken: (tokens, signal) => tokens.mintWidgetToken(user, { signal }),
  getUserAccessToken: (tokens, signal) => tokens.getUserAccessToken(user, { signal }),
  getAppAccessToken: (tokens, signal) => tokens.getAppAccessToken({ signal }),
  fetchAsUser: (tokens, signal) => tokens.fetchAsUser(user, '/accounts', { signal }),
}
const cases = Object.entries(calls).flatMap(([name, call]) =>
  Object.entries(signals).map(([kind, signal]) => [name, kind, call, signal] as const),
)

it.each(cases)(
  '%s throws, hangs, or asks for a token, with %s in place of a signal',
  async (_name, _kind, call, signal) => {
    await using world = await openWorld()
    const { tokens } = world.start({ cache: new SharedStore(world.clock).open() })
    await expect(call(tokens, signal as AbortSignal)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('signal must be an AbortSignal'),
    })
    expect(world.exchanges()).toBe(0)
  },
)

it.each(Object.entries(calls))('%s refuses null in place of a signal', async (_, call) => {
  await using world = await openWorld()
  const { tokens } = world.start()
  await expect(call(tokens, null as never)).resolves.toBeDefined()
})
