import { expect, test } from 'vitest'
import { json, type Reply, raw } from './scripted-server.js'
import { errorOf, everythingAbout, secrets, setUp } from './set-up.js'

const options = { signal: new AbortController().signal, user: 'user-1' }

test('a revocation is the form that RFC 7009 describes', async () => {
  const { server, endpoint, events } = await setUp((response) => raw(response, 200, ''))
  await endpoint.revoke(secrets.accessToken, options)
  expect(server.seen).toMatchObject([{ method: 'POST', path: '/v1/auth/revoke' }])
  expect([...(server.seen[0]?.form ?? [])].sort()).toEqual([
    ['client_id', 'client-1'],
    ['client_secret', secrets.clientSecret],
    ['token', secrets.accessToken],
  ])
  expect(events).toEqual([{ type: 'revoke', user: 'user-1', outcome: 'ok' }])
})

test.each<[name: string, reply: Reply, code: string, requests: number]>([
  ['503', (response) => raw(response, 503, ''), 'upstream_unavailable', 3],
  ['a reset', (response) => void response.socket?.resetAndDestroy(), 'upstream_unavailable', 3],
  ['429 with a long pause', (response) => raw(response, 429, '', { 'retry-after': '60' }), 'rate_limited', 1],
  [
    'unsupported_token_type',
    (response) => json(response, 400, { error: 'unsupported_token_type' }),
    'token_endpoint',
    1,
  ],
  ['202, which confirms nothing', (response) => raw(response, 202, ''), 'upstream_response', 1],
  ['404', (response) => raw(response, 404, ''), 'upstream_response', 1],
  ['a redirect', (response) => raw(response, 308, '', { location: '/elsewhere' }), 'upstream_response', 1],
])('a revocation that meets %s is not counted as done', async (_, reply, code, requests) => {
  const { server, endpoint, events } = await setUp(reply)
  expect(await errorOf(endpoint.revoke(secrets.accessToken, options))).toMatchObject({ code })
  expect(server.seen).toHaveLength(requests)
  expect(events).toEqual([{ type: 'revoke', user: 'user-1', outcome: code }])
  expect(endpoint.upstream).toBe('unknown')
})

test('a refusal that repeats the token shows nothing of it', async () => {
  const { endpoint } = await setUp((response, { form }) =>
    json(response, 400, { error: 'invalid_request', error_description: `unknown ${form.get('token')}` }),
  )
  const error = await errorOf(endpoint.revoke(secrets.accessToken, options))
  expect(everythingAbout(error)).not.toContain(secrets.accessToken)
})

test('204 is as good as 200', async () => {
  const { endpoint } = await setUp((response) => raw(response, 204, ''))
  await expect(endpoint.revoke(secrets.accessToken, options)).resolves.toBeUndefined()
})

test('without a revocation endpoint nothing is sent', async () => {
  const { server, endpoint } = await setUp((response) => raw(response, 200, ''), { revocationUrl: undefined })
  expect(await errorOf(endpoint.revoke(secrets.accessToken, options))).toMatchObject({
    code: 'configuration',
  })
  expect(server.seen).toHaveLength(0)
})
