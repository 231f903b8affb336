import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { json, type Reply, raw } from '../token-endpoint/scripted-server.js'
import { errorOf, everythingAbout } from '../token-endpoint/set-up.js'
import { setUp } from './set-up.js'

const fine: Reply = (response) => json(response, 200, { ok: true })
const post: RequestInit = { method: 'POST', body: 'transfer=1', headers: { 'X-Organization-ID': 'org-1' } }

test('a call is the caller’s request with the token and nothing else', async () => {
  const { server, call } = await setUp(fine)
  const response = await call('/v1/transfers', post)
  expect(await response.json()).toEqual({ ok: true })
  const [seen] = server.seen
  expect(seen).toMatchObject({ method: 'POST', path: '/v1/transfers', body: 'transfer=1' })
  expect(seen?.headers).toMatchObject({ authorization: 'Bearer token-0', 'x-organization-id': 'org-1' })
})

test('a Request is sent with its method, headers and body', async () => {
  const { server, call } = await setUp(fine)
  await call(new Request(new URL('/v1/x', server.url), { ...post, method: 'PUT' }))
  expect(server.seen).toMatchObject([
    {
      method: 'PUT',
      body: 'transfer=1',
      headers: { authorization: 'Bearer token-0', 'x-organization-id': 'org-1' },
    },
  ])
})

test.each<[name: string, init: RequestInit]>([
  ['a record', { headers: { authorization: 'Bearer canary' } }],
  ['a record in capitals', { headers: { AUTHORIZATION: 'Bearer canary' } }],
  ['pairs', { headers: [['Authorization', 'Bearer canary']] }],
  ['Headers', { headers: new Headers({ authorization: 'Bearer canary' }) }],
  ['an empty value', { headers: { authorization: '' } }],
  ['a line break', { headers: { authorization: 'Bearer canary\r\nX-Evil: 1' } }],
  ['a name that is none', { headers: { 'x\r\ny': 'canary' } }],
  ['redirect: follow', { redirect: 'follow' }],
  ['redirect: error', { redirect: 'error' }],
])('init with %s is refused before a token is asked for', async (_, init) => {
  const { server, asked, call } = await setUp(fine)
  const error = await errorOf(call('/v1', init))
  expect(error).toMatchObject({ code: 'invalid_request' })
  expect(everythingAbout(error)).not.toContain('canary')
  expect(asked).toEqual([])
  expect(server.seen).toEqual([])
})

test('a Request that brings its own authorization, or a body that is gone, is refused', async () => {
  const { server, asked, call } = await setUp(fine)
  const url = new URL('/v1', server.url)
  expect(
    await errorOf(call(new Request(url, { headers: { authorization: 'Bearer canary' } }))),
  ).toMatchObject({ code: 'invalid_request' })
  const used = new Request(url, post)
  await used.text()
  expect(await errorOf(call(used))).toMatchObject({ code: 'invalid_request' })
  expect(asked).toEqual([])
})

test.each<[name: string, init: RequestInit]>([
  ['a body for GET', { method: 'GET', body: 'canary' }],
  ['a method that is none', { method: 'A canary' }],
  ['a signal that is none', { signal: { aborted: false } as AbortSignal }],
  [
    'a getter that throws',
    {
      get headers(): never {
        throw new Error('canary')
      },
    },
  ],
])('what fetch itself refuses (%s) costs no token and is not repeated', async (_, init) => {
  const { server, asked, call } = await setUp(fine)
  const error = await errorOf(call('/v1', init))
  expect(error).toMatchObject({ code: 'invalid_request' })
  expect(everythingAbout(error)).not.toContain('canary')
  expect(asked).toEqual([])
  expect(server.seen).toEqual([])
})

test('a caller who has given up already costs no token', async () => {
  const { asked, call } = await setUp(fine)
  await expect(call('/v1', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late')
  expect(asked).toEqual([])
})

test('a Host header that was passed on would choose the server behind a shared address', async () => {
  const sent: (string | null)[] = []
  const { server, call } = await setUp(fine, {
    fetch: async (input, init) => {
      sent.push((input instanceof Request ? input.headers : new Headers(init?.headers)).get('host'))
      return fetch(input, init)
    },
  })
  await call('/v1', { headers: { host: 'evil.example' } })
  await call(new Request(new URL('/v1', server.url), { ...post, headers: { host: 'evil.example' } }))
  expect(sent).toEqual([null, null])
})

test.each(['with space', 'line\r\nX-Evil: 1', 'bad\u0000', 'ö', ''])(
  'a token that is no header value (%j) is neither sent nor shown',
  async (token) => {
    const canary = `canary${token}`
    const { server, call } = await setUp(fine, { getToken: async () => (token === '' ? '' : canary) })
    const error = await errorOf(call('/v1'))
    expect(error).toMatchObject({ code: 'upstream_response' })
    expect(everythingAbout(error)).not.toContain('canary')
    expect(server.seen).toEqual([])
  },
)

test.each([301, 302, 303, 307, 308])('a redirect (%i) is handed back and not followed', async (status) => {
  const second = await setUp(fine)
  const { call } = await setUp((response) => raw(response, status, '', { location: second.server.url.href }))
  const response = await call('/v1', post)
  expect(response.status).toBe(status)
  expect(second.server.seen).toEqual([])
})

const statuses = [408, 429, 500, 502, 503].map((status): [string, Reply] => [
  `${status}`,
  (response) => raw(response, status, '', { 'retry-after': '0' }),
])
test.each<[name: string, reply: Reply]>([
  ...statuses,
  ['a reset', (response) => void response.socket?.resetAndDestroy()],
  ['a closed connection', (response) => void response.socket?.destroy()],
  ['garbage', (response) => void response.socket?.end('this is no HTTP\r\n\r\n')],
  [
    'an answer that is cut off',
    (response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.socket?.destroy())
    },
  ],
])('a POST that meets %s is sent exactly once', async (_, reply) => {
  const { server, asked, call } = await setUp(reply)
  const outcome = await call('/v1/transfers', post).then(
    (response) => response.text().catch(() => 'cut'),
    (error) => error,
  )
  if (typeof outcome !== 'string') expect(outcome).toMatchObject({ code: 'upstream_unavailable' })
  await call('/v1/next').catch(() => {})
  expect(server.seen.filter(({ path }) => path === '/v1/transfers')).toHaveLength(1)
  expect(asked.slice(0, -1)).toHaveLength(1)
})

test('a POST that hangs is sent exactly once and ends with the caller’s reason', async () => {
  const controller = new AbortController()
  const reason = new Error('the caller has waited long enough')
  const { server, call } = await setUp(() => controller.abort(reason))
  const outcome = await call('/v1/transfers', { ...post, signal: controller.signal }).catch((error) => error)
  expect(outcome).toBe(reason)
  await server.idle()
  expect(server.seen).toHaveLength(1)
})

test('an error of fetch that holds the request gives nothing of it away', async () => {
  const { call } = await setUp(fine, {
    getToken: async () => 'canary-token',
    fetch: async (_, init) => {
      const headers = Object.fromEntries(new Headers(init?.headers))
      throw Object.assign(new Error(`failed ${JSON.stringify(headers)}`), {
        config: { headers },
        code: 'ECONNRESET',
      })
    },
  })
  const error = await errorOf(call('/v1'))
  expect(error).toMatchObject({
    code: 'upstream_unavailable',
    message: 'the platform gave no answer (ECONNRESET)',
  })
  expect(everythingAbout(error)).not.toContain('canary')
})

test('an answer of 5 MB arrives whole', async () => {
  const large = randomBytes(5 * 1024 * 1024)
  const { call } = await setUp((response) => raw(response, 200, large))
  const received = new Uint8Array(await (await call('/v1/statement')).arrayBuffer())
  expect(createHash('sha256').update(received).digest('hex')).toBe(
    createHash('sha256').update(large).digest('hex'),
  )
})

test('an answer is handed over while its body is still on the way', async () => {
  let finish: () => void = () => {}
  const { call } = await setUp((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('first')
    finish = () => response.end('last')
  })
  const response = await call('/v1/events')
  const reader = response.body?.getReader()
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first')
  finish()
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('last')
})
