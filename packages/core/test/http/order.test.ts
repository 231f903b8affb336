import {
  ClosedError,
  ConfigurationError,
  createWidgetTokenHandler,
  InvalidUserError,
  RateLimitedError,
  SubjectTokenError,
  type TesouroUser,
  UpstreamUnavailableError,
} from '@tesouro-tokens/core'
import { describe, expect, test } from 'vitest'
import { FakeTokens } from './fake-tokens.js'
import { ask, json } from './post.js'

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
