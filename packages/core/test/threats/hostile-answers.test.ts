import {
  createTesouroTokens,
  createWidgetTokenHandler,
  isTesouroTokensError,
  type LimitStore,
  signedSubjectToken,
  splitWidgetTokenOptions,
  type TesouroTokensOptions,
  tesouroTokensFromEnv,
} from '@tesouro-tokens/core'
import { describe, expect, it } from 'vitest'
import { openWorld, userOf } from '../../../../conformance/src/world.js'
import { thrownBy, validOptions } from '../valid-options.js'

const user = userOf(1)
const throwing = (): never => {
  throw new Error('canary of the application')
}
/** A member whose getter throws, next to others. */
const withThrowing = (name: PropertyKey, others: object = {}): never =>
  Object.defineProperty({ ...others }, name, { get: throwing, enumerable: true }) as never
/** It can be awaited, and nothing else. */
const hostileProxy = (): never =>
  new Proxy(
    {},
    {
      get: (_, name) => (name === 'then' ? undefined : throwing()),
      has: throwing,
      ownKeys: throwing,
      getPrototypeOf: throwing,
      getOwnPropertyDescriptor: throwing,
    },
  ) as never

/** What an error shows of itself, without the file that it comes from. */
const shown = (error: unknown): unknown => isTesouroTokensError(error) && { [error.code]: error.message }

const client = { clientId: undefined, clientSecret: undefined, widgetSecret: undefined }
const answers: Readonly<Record<string, Partial<TesouroTokensOptions>>> = {
  'the credentials function, a getter': {
    ...client,
    credentials: async () => withThrowing('clientSecret', { clientId: 'client-1' }),
  },
  'the credentials function, a proxy': { ...client, credentials: async () => hostileProxy() },
  'the key function, a getter': {
    subjectToken: signedSubjectToken({
      algorithm: 'ES256',
      key: async () => withThrowing('x', { kty: 'EC', crv: 'P-256' }),
    }),
  },
  'the key function, a proxy': {
    subjectToken: signedSubjectToken({ algorithm: 'ES256', key: async () => hostileProxy() }),
  },
  'sign, a getter': {
    subjectToken: signedSubjectToken({
      algorithm: 'ES256',
      sign: async () => withThrowing(Symbol.toStringTag),
    }),
  },
  'sign, a proxy': {
    subjectToken: signedSubjectToken({ algorithm: 'ES256', sign: async () => hostileProxy() }),
  },
}

describe.each(Object.entries(answers))(
  'what a function of the application gives throws when it is read: %s',
  (_, given) => {
    it('leaves as its own error', async () => {
      await using world = await openWorld()
      const { tokens } = world.start(given)
      const calls = {
        ready: () => tokens.ready(),
        getUserAccessToken: () => tokens.getUserAccessToken(user),
        mintWidgetToken: () => tokens.mintWidgetToken(user),
      }
      for (const call of Object.values(calls)) {
        const error = await call().catch((caught: unknown) => caught)
        expect(error).toSatisfy(isTesouroTokensError)
        expect(error).not.toMatchObject({ message: expect.stringContaining('canary') })
      }
    })
  },
)

it.each([
  ['a getter', async () => withThrowing('waitMs')],
  ['a proxy', async () => hostileProxy()],
])('%s in the answer of a limit store that throws fails calls, or the endpoint', async (_, answer) => {
  await using world = await openWorld()
  const limitStore: LimitStore = { reserve: answer, count: answer, pause: async () => {} }
  const reasons: unknown[] = []
  const { tokens } = world.start({
    limitStore,
    onEvent: (event) => event.type === 'cache_failure' && reasons.push(event.reason),
  })
  await expect(tokens.getUserAccessToken(user)).resolves.toHaveProperty('accessToken')
  const handle = createWidgetTokenHandler({ tokens, getUser: () => user })
  const request = {
    method: 'POST',
    host: 'bank.example',
    headers: { 'sec-fetch-site': 'same-origin' },
    request: {},
  }
  expect((await handle(request)).status).toBe(200)
  expect(reasons).toContain('rejected')
})

const optionsThat: Readonly<Record<string, () => unknown>> = {
  createTesouroTokens: () => createTesouroTokens(withThrowing('clientSecret', validOptions())),
  'createTesouroTokens, in a class': () =>
    createTesouroTokens(
      new (class {
        get baseUrl(): string {
          return throwing()
        }
      })() as never,
    ),
  'createTesouroTokens, with a proxy': () => createTesouroTokens(hostileProxy()),
  'createTesouroTokens, in timeouts': () =>
    createTesouroTokens(validOptions({ timeouts: withThrowing('callMs') })),
  'createTesouroTokens, in a store': () => createTesouroTokens(validOptions({ cache: withThrowing('get') })),
  'createTesouroTokens, in retry': () =>
    createTesouroTokens(validOptions({ retry: withThrowing('attempts') })),
  tesouroTokensFromEnv: () => tesouroTokensFromEnv(withThrowing('clientSecret', { env: {} })),
  signedSubjectToken: () =>
    signedSubjectToken({ algorithm: 'ES256', key: withThrowing('kty', { crv: 'P-256' }) }),
  createWidgetTokenHandler: () => createWidgetTokenHandler(withThrowing('getUser')),
  splitWidgetTokenOptions: () => splitWidgetTokenOptions(withThrowing('tokens')),
}

it.each(Object.entries(optionsThat))(
  'a member of options that throws leaves as its own error (%s)',
  (_, make) => {
    const error = thrownBy(make)
    expect(shown(error)).toEqual({ configuration: expect.stringContaining('cannot be read') })
    expect(String(error)).not.toContain('canary')
  },
)
