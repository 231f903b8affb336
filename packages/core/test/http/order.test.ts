import {
  ClosedError,
  ConfigurationError,
  createTesouroTokens,
  createWidgetTokenHandler,
  InvalidUserError,
  RateLimitedError,
  SubjectTokenError,
  type TesouroUser,
  UpstreamUnavailableError,
} from '@tesouro-tokens/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fakeClock } from '../fake-clock.js'
import { SharedLimits } from '../limits/shared-limits.js'
import { validOptions } from '../valid-options.js'
import { FakeTokens } from './fake-tokens.js'
import { alice, ask, json } from './post.js'

const other = { sub: 'alice', email: '' }

describe('the order of the checks', () => {
  // Each row is wrong in one way more than the one above it, so the answer tells which check came first.
  const wrongs = [
    ['misconfigured', {}, { failure: new Error('boom') }],
    ['rate_limited', {}, { failure: new RateLimitedError('wait', { retryAfterSeconds: 2 }) }],
    ['user_not_eligible', {}, { getUser: () => other }],
    ['identity_mismatch', json({ userId: 'bob' }), { getUser: () => other }],
    ['invalid_body', json('{'), { getUser: () => other }],
    ['unsupported_media_type', { body: '{', headers: {} }, { getUser: () => other }],
    ['body_too_large', { body: '{'.repeat(8193), headers: {} }, { getUser: () => other }],
    ['not_signed_in', { body: '{'.repeat(8193), headers: {} }, { getUser: () => null }],
    ['body_too_large', { body: '{', headers: { 'content-length': '8193' } }, { getUser: () => null }],
    ['origin_not_allowed', { body: '{'.repeat(8193), headers: { origin: 'null' } }, {}],
    ['method_not_allowed', { method: 'PUT', body: '{'.repeat(8193), headers: { origin: 'null' } }, {}],
  ] as const

  test.each(wrongs)(
    'a request wrong in many ways is answered by the first check: %s',
    async (code, input, options) => {
      expect((await ask(input, options)).code).toBe(code)
    },
  )
})

describe('what an error of mintWidgetToken becomes', () => {
  const retryableConfiguration = new ConfigurationError(['credentials failed'], { retryable: true })
  const rows: [
    name: string,
    error: unknown,
    status: number,
    retryAfter: string | undefined,
    reported: boolean,
  ][] = [
    ['a user that cannot be used', new InvalidUserError('no'), 403, undefined, true],
    ['wrong options', new ConfigurationError(['no']), 500, undefined, true],
    ['a credentials function that is down', retryableConfiguration, 503, '5', true],
    ['a bad subject token', new SubjectTokenError('no'), 500, undefined, true],
    [
      'a subject-token provider that is down',
      new SubjectTokenError('no', { retryable: true, retryAfterSeconds: 7 }),
      503,
      '7',
      true,
    ],
    ['the platform down', new UpstreamUnavailableError('no', { retryAfterSeconds: 0.2 }), 503, '1', true],
    ['a rate limit', new RateLimitedError('no', { retryAfterSeconds: 3 }), 429, '3', false],
    ['a process that shuts down', new ClosedError(), 503, '5', true],
    ['anything else', new TypeError('no'), 500, undefined, true],
    ['no error at all', 'thrown text', 500, undefined, true],
  ]

  test.each(rows)('%s', async (_name, failure, status, retryAfter, reported) => {
    const { answer, errors } = await ask({}, { failure })
    expect([answer.status, answer.headers['retry-after']]).toEqual([status, retryAfter])
    expect(errors).toEqual(reported ? [failure] : [])
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['content-type']).toBe('application/problem+json')
  })
})

test('nobody signed in costs no mint', async () => {
  for (const nobody of [null, undefined]) {
    const { answer, tokens } = await ask({}, { getUser: async () => nobody })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /)
    expect(tokens.mintedFor).toEqual([])
  }
})

test('an answer that could be kept on the way, or whose token outlives what it says', async () => {
  const { answer } = await ask()
  expect(answer.status).toBe(200)
  expect(answer.headers).toEqual({
    'cache-control': 'no-store',
    'content-type': 'application/json',
    vary: 'Origin, Sec-Fetch-Site',
    'x-content-type-options': 'nosniff',
  })
  expect(answer.body).toEqual({
    widgetToken: 'token of alice',
    exp: expect.any(Number),
    expiresIn: expect.any(Number),
  })
})

describe('functions of the application that throw', () => {
  const boom = new Error('canary-connection-string')
  const fail = (): never => {
    throw boom
  }
  const failLater = (): Promise<never> => Promise.reject(boom)
  const origin = { headers: { origin: 'https://app.example' } }

  test.each([
    ['getUser', {}, { getUser: fail }],
    ['getUser, later', {}, { getUser: failLater }],
    ['tokens', {}, { tokens: fail }],
    ['tokens, later', {}, { tokens: failLater }],
    ['allowedOrigins', origin, { allowedOrigins: fail }],
    ['allowedOrigins, later', origin, { allowedOrigins: failLater }],
  ])('%s: 500, told to onError and never to the page', async (_name, input, options) => {
    const { answer, errors, code } = await ask(input, options)
    expect([answer.status, code]).toEqual([500, 'misconfigured'])
    expect(errors).toEqual([boom])
    expect(JSON.stringify(answer)).not.toContain('canary')
  })

  test.each([
    ['throws', fail],
    ['rejects', failLater],
  ])('onError that %s changes nothing', async (_name, onError) => {
    const { answer } = await ask({}, { getUser: fail, onError: onError as () => void })
    expect(answer.status).toBe(500)
  })

  test('tokens that gives no tokens is a mistake of the server', async () => {
    const { answer, errors } = await ask({}, { tokens: (() => undefined) as unknown as () => FakeTokens })
    expect([answer.status, errors.length]).toEqual([500, 1])
  })

  test('getUser that gives no user object is a mistake of the server, not a crash', async () => {
    const { answer } = await ask(
      {},
      { getUser: (() => 'alice') as unknown as () => TesouroUser, failure: new InvalidUserError('no') },
    )
    expect(answer.status).toBe(403)
  })
})

test('a user without id or e-mail address is refused quietly; one of the wrong shape is told to onError', async () => {
  const failure = new InvalidUserError('this looks like the browser body')
  for (const user of [
    { sub: '', email: 'a@example.com' },
    { sub: 'a' },
    { email: 'a@example.com', sub: null },
  ]) {
    const { code, errors, tokens } = await ask({}, { getUser: () => user as TesouroUser, failure })
    expect([code, errors, tokens.mintedFor]).toEqual(['user_not_eligible', [], []])
  }
  for (const user of [
    { userId: 'a', userEmail: 'a@example.com' },
    { sub: 42, email: 'a@example.com' },
  ]) {
    const { code, errors } = await ask({}, { getUser: () => user as unknown as TesouroUser, failure })
    expect([code, errors]).toEqual(['user_not_eligible', [failure]])
  }
})

test('one user who asks too often takes nothing from another, nor from a namesake in another tenant', async () => {
  let user: TesouroUser = alice
  const tokens = new FakeTokens()
  const handle = createWidgetTokenHandler<undefined>({
    tokens,
    getUser: () => user,
    mintLimit: { perMinute: 2 },
  })
  const status = async (): Promise<number> =>
    (await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })).status
  expect([await status(), await status(), await status()]).toEqual([200, 200, 429])
  user = { sub: 'bob', email: 'bob@example.com' }
  expect(await status()).toBe(200)
  user = { ...alice, tenant: 'other' }
  expect(await status()).toBe(200)
  user = alice
  const refused = await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })
  expect(refused.status).toBe(429)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60)
  expect(tokens.mintedFor.length).toBe(4)
})

test('a page that shows another user neither uses up the limit nor is told to wait', async () => {
  const handle = createWidgetTokenHandler<undefined>({
    tokens: new FakeTokens(),
    getUser: () => alice,
    mintLimit: { perMinute: 1 },
  })
  const status = async (userId: string): Promise<number> =>
    (await handle({ method: 'POST', host: 'x', request: undefined, ...json({ userId }) })).status
  const statuses: number[] = []
  for (const userId of ['bob', 'bob', 'alice', 'alice', 'bob']) statuses.push(await status(userId))
  expect(statuses).toEqual([403, 403, 200, 429, 403])
})

test('the default limit is 30 a minute, and false switches it off', async () => {
  for (const [mintLimit, allowed] of [
    [undefined, 30],
    [false, 100],
  ] as const) {
    const tokens = new FakeTokens()
    const handle = createWidgetTokenHandler<undefined>({ tokens, getUser: () => alice, mintLimit })
    for (let i = 0; i < 100; i++) await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })
    expect(tokens.mintedFor.length).toBe(allowed)
  }
})

test('tokens chosen by a function are chosen for the user that getUser gave', async () => {
  const chosen: unknown[] = []
  const tokens = new FakeTokens()
  const handle = createWidgetTokenHandler<string, [number, string]>({
    tokens: (...given) => {
      chosen.push(given)
      return Promise.resolve(tokens)
    },
    getUser: (request, first, second) => ({ sub: `${request}${first}${second}`, email: 'a@example.com' }),
  })
  const { status } = await handle({
    method: 'POST',
    host: 'x',
    headers: {},
    request: 'r',
    context: [1, 'two'],
  })
  expect(status).toBe(200)
  expect(chosen).toEqual([[{ sub: 'r1two', email: 'a@example.com' }, 'r', 1, 'two']])
})

test('a store of mint limits is not asked, or one that fails costs somebody a token', async () => {
  const store = new SharedLimits()
  const open = (countedAs?: string): (() => Promise<number>) => {
    const tokens = createTesouroTokens(validOptions({ limitStore: store, timeouts: { cacheMs: 10_000 } }))
    onTestFinished(() => tokens.close())
    const options = { tokens, getUser: () => alice, mintLimit: { perMinute: 2 } }
    const handle = createWidgetTokenHandler<undefined>(options, { countedAs })
    return async () => (await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })).status
  }
  const [one, other, page] = [open(), open(), open('page')]
  expect([await one(), await other(), await one(), await other()]).toEqual([200, 200, 429, 429])
  expect(await page()).toBe(200)
  store.failure = () => Promise.reject(new Error('down'))
  expect([await one(), await one(), await one(), await other()]).toEqual([200, 200, 429, 200])
  for (const key of store.keys) expect(key).toMatch(/^[0-9a-f]{64}$/)
})

test('a user’s name in a shared store can be found by guessing although names have a key', async () => {
  const names = new Set<string>()
  for (const cacheNameKey of [undefined, 'a1'.repeat(32), 'b2'.repeat(32)]) {
    const store = new SharedLimits()
    const tokens = createTesouroTokens(validOptions({ limitStore: store, cacheNameKey }))
    onTestFinished(() => tokens.close())
    const handle = createWidgetTokenHandler<undefined>({ tokens, getUser: () => alice })
    await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })
    for (const key of store.keys) names.add(key)
  }
  expect(names.size).toBe(3)
})

test('a mint limit goes by another clock than that of the tokens, or keeps whom it has counted for ever', async () => {
  const clock = fakeClock()
  const tokens = createTesouroTokens(validOptions({ clock }))
  onTestFinished(() => tokens.close())
  let user = alice
  const handle = createWidgetTokenHandler<undefined>({
    tokens,
    getUser: () => user,
    mintLimit: { perMinute: 1 },
  })
  const status = async (): Promise<number> =>
    (await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })).status
  expect([await status(), await status()]).toEqual([200, 429])
  clock.advance(30_000)
  user = { ...alice, sub: 'bob' }
  expect(await status()).toBe(200)
  clock.advance(30_000)
  expect(await status()).toBe(429)
  user = alice
  expect([await status(), await status()]).toEqual([200, 429])
})

test('options whose mint limit has a store of its own are taken', () => {
  const mintLimit = { perMinute: 2, store: new SharedLimits() }
  expect(() =>
    createWidgetTokenHandler({ tokens: new FakeTokens(), getUser: () => alice, mintLimit }),
  ).toThrow('give createTesouroTokens the option limitStore')
})
