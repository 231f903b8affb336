import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { UpstreamResponseError } from '../../src/errors.js'
import { json, raw } from './scripted-server.js'
import { accessTokenType, errorOf, goodAnswer, grants, secrets, setUp } from './set-up.js'

test('an exchange is the form that RFC 8693 and the platform describe', async () => {
  const { server, exchange } = await setUp(grants)
  const before = { now: Date.now(), monotonic: performance.now() }
  const grant = await exchange()
  expect(grant).toMatchObject({
    accessToken: 'granted-token',
    issuedTokenType: accessTokenType,
    expiresIn: 3600,
  })
  expect(grant.requestedAt.now).toBeGreaterThanOrEqual(before.now)
  expect(grant.requestedAt.monotonic).toBeGreaterThanOrEqual(before.monotonic)
  expect(grant.requestedAt.monotonic).toBeLessThanOrEqual(server.seen[0]?.at ?? 0)
  const [seen] = server.seen
  expect(seen).toMatchObject({ method: 'POST', path: '/openid/connect/token' })
  expect(seen?.headers['content-type']).toBe('application/x-www-form-urlencoded;charset=UTF-8')
  expect(seen?.headers.authorization).toBeUndefined()
  expect([...(seen?.form ?? [])].sort()).toEqual([
    ['client_id', 'client-1'],
    ['client_secret', secrets.clientSecret],
    ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    ['subject_token', `${secrets.subjectToken}-0`],
    ['subject_token_type', accessTokenType],
  ])
})

test('client credentials need no issued_token_type and send no subject', async () => {
  const { server, endpoint, events } = await setUp((response) =>
    json(response, 200, { access_token: 'app-token', token_type: 'bearer', expires_in: '60' }),
  )
  const grant = await endpoint.clientCredentials({ signal: new AbortController().signal })
  expect(grant).toMatchObject({ accessToken: 'app-token', expiresIn: 60, issuedTokenType: undefined })
  expect([...(server.seen[0]?.form.keys() ?? [])].sort()).toEqual([
    'client_id',
    'client_secret',
    'grant_type',
  ])
  expect(server.seen[0]?.form.get('grant_type')).toBe('client_credentials')
  expect(events).toMatchObject([
    {
      type: 'exchange',
      grant: 'client_credentials',
      outcome: 'ok',
      attempts: 1,
      status: 200,
      user: undefined,
    },
  ])
})

test('a base URL with a path keeps it', async () => {
  const { server, exchange } = await setUp(grants)
  const prefixed = await setUp(grants, { baseUrl: new URL('/tenant-a/', server.url) })
  await prefixed.exchange()
  expect(server.seen[0]?.path).toBe('/tenant-a/openid/connect/token')
  await exchange()
})

test('request parameters become form members and take nobody else’s place', async () => {
  const { server, exchange } = await setUp(grants)
  await exchange({
    requestParameters: {
      audience: ['a', 'b', 3],
      scope: 'read write',
      flag: true,
      nothing: null,
      detail: { deep: [1, { x: 'y' }] },
      authorization_details: [{ type: 'payment' }],
      injected: 'v\r\nX-Evil: 1\r\n\r\n&client_id=other',
      'name&client_secret=evil\r\n': 'x',
      ['__proto__']: 'polluted',
      client_id: 'other',
      grant_type: 'password',
      subject_token: 'forged',
      subject_token_type: 'forged',
    },
  })
  const [seen] = server.seen
  const form = seen?.form
  expect(form?.getAll('audience')).toEqual(['a', 'b', '3'])
  expect(form?.get('scope')).toBe('read write')
  expect(form?.get('flag')).toBe('true')
  expect(form?.has('nothing')).toBe(false)
  expect(form?.get('detail')).toBe('{"deep":[1,{"x":"y"}]}')
  expect(form?.getAll('authorization_details')).toEqual(['[{"type":"payment"}]'])
  expect(form?.get('injected')).toBe('v\r\nX-Evil: 1\r\n\r\n&client_id=other')
  expect(form?.getAll('client_id')).toEqual(['client-1'])
  expect(form?.getAll('client_secret')).toEqual([secrets.clientSecret])
  expect(form?.getAll('grant_type')).toEqual(['urn:ietf:params:oauth:grant-type:token-exchange'])
  expect(form?.getAll('subject_token')).toEqual([`${secrets.subjectToken}-0`])
  expect(form?.getAll('subject_token_type')).toEqual([accessTokenType])
  expect(seen?.headers['x-evil']).toBeUndefined()
  expect(seen?.body).not.toMatch(/[\r\n]/)
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('a WWW-Authenticate challenge never hides the error in the body', async () => {
  const { exchange } = await setUp((response) =>
    json(
      response,
      401,
      { error: 'invalid_client', error_description: 'unknown client' },
      { 'www-authenticate': 'Basic realm="token", error="other"' },
    ),
  )
  expect(await errorOf(exchange())).toMatchObject({
    code: 'token_endpoint',
    status: 401,
    error: 'invalid_client',
    errorDescription: 'unknown client',
    retryable: false,
  })
})

test('secrets are never part of a URL', async () => {
  const { server, endpoint, exchange } = await setUp(grants)
  await exchange()
  await endpoint.revoke(secrets.accessToken, { signal: new AbortController().signal, user: undefined })
  expect(server.seen.map(({ path }) => path)).toEqual(['/openid/connect/token', '/v1/auth/revoke'])
})

test.each([300, 301, 302, 303, 304, 305, 307, 308])(
  'a redirect with status %i sends nothing to the second origin',
  async (status) => {
    const second = await setUp(grants)
    const first = await setUp((response) =>
      raw(response, status, '', { location: `${second.server.url.href}openid/connect/token` }),
    )
    const error = await errorOf(first.exchange())
    expect(error).toBeInstanceOf(UpstreamResponseError)
    expect(error.retryable).toBe(false)
    expect(first.server.seen).toHaveLength(1)
    expect(second.server.seen).toHaveLength(0)
  },
)

test('a fetch that follows redirects although it was told not to is not believed', async () => {
  const second = await setUp(grants)
  const first = await setUp(
    (response) =>
      raw(response, 303, '', { location: new URL('openid/connect/token', second.server.url).href }),
    { fetch: (input, init) => fetch(input, { ...init, redirect: 'follow' }) },
  )
  expect(await errorOf(first.exchange())).toMatchObject({ code: 'upstream_response' })
})

test('an answer that was compressed on its way is unpacked twice, or not at all', async () => {
  const { exchange } = await setUp((response) =>
    raw(response, 200, gzipSync(JSON.stringify(goodAnswer)), {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    }),
  )
  expect(await exchange()).toMatchObject({ accessToken: 'granted-token' })
})
