import { expect, test } from 'vitest'
import { UpstreamResponseError } from '../../src/errors.js'
import { json, type Reply, raw } from './scripted-server.js'
import { accessTokenType, errorOf, goodAnswer, setUp } from './set-up.js'

const withMembers = (members: Record<string, unknown>): Reply => {
  const body = JSON.stringify({ ...goodAnswer, ...members })
  return (response) => raw(response, 200, body, { 'content-type': 'application/json' })
}
const without = (name: string): Reply => withMembers({ [name]: undefined })
const text = (body: string | Uint8Array, contentType = 'application/json', status = 200): Reply => {
  return (response) => raw(response, status, body, { 'content-type': contentType })
}
const good = JSON.stringify(goodAnswer)

const malformed: [name: string, reply: Reply][] = [
  ['no access_token', without('access_token')],
  ['access_token null', withMembers({ access_token: null })],
  ['access_token a number', withMembers({ access_token: 12345 })],
  ['access_token a list', withMembers({ access_token: ['granted-token'] })],
  ['access_token an object', withMembers({ access_token: { token: 'x' } })],
  ['access_token empty', withMembers({ access_token: '' })],
  ['access_token with a line break', withMembers({ access_token: 'a\r\nX-Evil: 1' })],
  ['access_token with a space', withMembers({ access_token: 'a b' })],
  ['access_token with a letter outside ASCII', withMembers({ access_token: 'töken' })],
  ['access_token with NUL', withMembers({ access_token: 'a\u0000b' })],
  ['access_token of 17 KiB', withMembers({ access_token: 'a'.repeat(17 * 1024) })],
  ['no token_type', without('token_type')],
  ['token_type null', withMembers({ token_type: null })],
  ['token_type DPoP', withMembers({ token_type: 'DPoP' })],
  ['token_type mac', withMembers({ token_type: 'mac' })],
  ['token_type N_A', withMembers({ token_type: 'N_A' })],
  ['token_type with a space', withMembers({ token_type: 'Bearer ' })],
  ['token_type a list', withMembers({ token_type: ['Bearer'] })],
  ['token_type the name of an inherited member', withMembers({ token_type: 'constructor' })],
  ['expires_in zero', withMembers({ expires_in: 0 })],
  ['expires_in below a second', withMembers({ expires_in: 0.4 })],
  ['expires_in negative', withMembers({ expires_in: -1 })],
  ['expires_in null', withMembers({ expires_in: null })],
  ['expires_in true', withMembers({ expires_in: true })],
  ['expires_in words', withMembers({ expires_in: '12 hours' })],
  ['expires_in an empty text', withMembers({ expires_in: '' })],
  ['expires_in text with a sign', withMembers({ expires_in: '-3600' })],
  ['expires_in hexadecimal text', withMembers({ expires_in: '0x10' })],
  ['expires_in in an exponent’s text', withMembers({ expires_in: '1e3' })],
  ['expires_in a list', withMembers({ expires_in: [3600] })],
  ['expires_in above a year', withMembers({ expires_in: 400 * 24 * 3600 })],
  ['expires_in in milliseconds since the epoch', withMembers({ expires_in: 1_700_000_000_000 })],
  ['expires_in infinite', text(good.replace('3600', '1e999'))],
  ['no issued_token_type', without('issued_token_type')],
  ['issued_token_type null', withMembers({ issued_token_type: null })],
  ['issued_token_type a JWT', withMembers({ issued_token_type: 'urn:ietf:params:oauth:token-type:jwt' })],
  ['issued_token_type in capitals', withMembers({ issued_token_type: accessTokenType.toUpperCase() })],
  ['members of the prototype only', text(`{"__proto__":${good}}`)],
  ['a member named constructor only', text(`{"constructor":{"prototype":${good}}}`)],
  ['a list', text(`[${good}]`)],
  ['null', text('null')],
  ['a text', text('"granted-token"')],
  ['a number', text('42')],
  ['nothing', text('')],
  ['blank', text(' \n')],
  ['204', (response) => raw(response, 204, '')],
  ['205', (response) => raw(response, 205, '')],
  ['201 with a good body', text(good, 'application/json', 201)],
  ['206 with a good body', text(good, 'application/json', 206)],
  ['HTML', text('<html><body>Welcome</body></html>', 'text/html')],
  ['HTML declared as JSON', text('<html></html>')],
  ['JSON declared as HTML', text(good, 'text/html')],
  ['JSON declared as text', text(good, 'text/plain')],
  ['a form', text('access_token=a&token_type=Bearer', 'application/x-www-form-urlencoded')],
  ['no content type', (response) => raw(response, 200, good)],
  ['cut JSON', text(good.slice(0, -5))],
  ['two JSON values', text(good + good)],
  ['JSON with a comment', text(`/* hello */${good}`)],
  ['JSON behind a guard', text(`)]}',\n${good}`)],
  ['UTF-16', text(Buffer.from(`\ufeff${good}`, 'utf16le'))],
  ['a member that is not UTF-8', text(Buffer.from(good.replace('{', '{"note":"\u00ff",'), 'latin1'))],
  ['nested a thousand times over', text(`{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`)],
  ['an OAuth error with status 200', text('{"error":"invalid_grant"}')],
  ['400 in HTML', text('<h1>Bad Request</h1>', 'text/html', 400)],
  ['400 without an error', text('{"message":"no"}', 'application/json', 400)],
  ['400 with an error that is an object', text('{"error":{"message":"no"}}', 'application/json', 400)],
  ['400 with an empty error', text('{"error":""}', 'application/json', 400)],
  ['400 empty', text('', 'application/json', 400)],
  ['401 of a gateway', text('{"message":"Unauthorized"}', 'application/json', 401)],
  ['403', text('{"error":"access_denied"}', 'application/json', 403)],
  ['404', text('not found', 'text/plain', 404)],
  ['405', text('', 'text/plain', 405)],
  ['413', text('', 'text/plain', 413)],
  ['418 with a good body', text(good, 'application/json', 418)],
  ['refresh_token a number', withMembers({ refresh_token: 1 })],
  ['scope a list', withMembers({ scope: ['a'] })],
]

test.each(malformed)('%s is no grant, is not retried, and counts against the platform', async (_, reply) => {
  const { server, endpoint, events, exchange } = await setUp(reply)
  const error = await errorOf(exchange())
  expect(error).toBeInstanceOf(UpstreamResponseError)
  expect(error).toMatchObject({ code: 'upstream_response', retryable: false })
  expect(server.seen).toHaveLength(1)
  expect(endpoint.upstream).toBe('failing')
  expect(events).toMatchObject([{ type: 'exchange', outcome: 'upstream_response', attempts: 1 }])
})

test('at least 40 malformed answers are tried', () => {
  expect(malformed.length).toBeGreaterThanOrEqual(40)
})

const acceptable: [name: string, reply: Reply, expiresIn: number | undefined][] = [
  ['token_type in small letters', withMembers({ token_type: 'bearer' }), 3600],
  ['token_type in capitals', withMembers({ token_type: 'BEARER' }), 3600],
  ['no expires_in', without('expires_in'), undefined],
  ['expires_in as digits', withMembers({ expires_in: '3600' }), 3600],
  ['expires_in with a fraction', withMembers({ expires_in: 59.9 }), 59],
  ['a byte order mark', text(`\ufeff${good}`), 3600],
  ['a charset', text(good, 'Application/JSON; charset=UTF-8'), 3600],
  ['an ID token that nobody asked for', withMembers({ id_token: 'rubbish' }), 3600],
  [
    'members of its own',
    withMembers({ refresh_token: 'r', scope: 'a b', ['__proto__']: { admin: true } }),
    3600,
  ],
]

test.each(acceptable)('an answer with %s is a grant', async (_, reply, expiresIn) => {
  const { endpoint, exchange } = await setUp(reply)
  expect(endpoint.upstream).toBe('unknown')
  expect(await exchange()).toEqual({
    accessToken: 'granted-token',
    issuedTokenType: accessTokenType,
    expiresIn,
    requestedAt: expect.anything(),
    clientId: expect.any(String),
  })
  expect(endpoint.upstream).toBe('up')
  expect(({} as Record<string, unknown>).admin).toBeUndefined()
})

test('an answer without end is cut off after 64 KiB, and the connection with it', async () => {
  let written = 0
  const { server, exchange } = await setUp((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const chunk = Buffer.alloc(16 * 1024, 0x20)
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk)) written += chunk.byteLength
      if (!response.destroyed) response.once('drain', pour)
    }
    pour()
  })
  expect(await errorOf(exchange())).toMatchObject({ code: 'upstream_response' })
  await server.idle()
  // What the sockets' buffers hold, and no more: without the cut this server would never stop writing.
  expect(written).toBeLessThan(32 * 1024 * 1024)
})

test.each([
  ['declared', { 'content-length': String(64 * 1024 + 1) }],
  ['not declared', {}],
])('one byte above 64 KiB is too much, %s', async (_, headers: Record<string, string>) => {
  const { exchange } = await setUp((response) =>
    raw(response, 200, good.padEnd(64 * 1024 + 1), { 'content-type': 'application/json', ...headers }),
  )
  expect(await errorOf(exchange())).toMatchObject({
    code: 'upstream_response',
    message: expect.stringContaining('64 KiB'),
  })
  const exact = await setUp((response) =>
    raw(response, 200, good.padEnd(64 * 1024), { 'content-type': 'application/json' }),
  )
  expect(await exact.exchange()).toMatchObject({ accessToken: 'granted-token' })
})

test('a small answer that unpacks to a large one is cut off too', async () => {
  const { gzipSync } = await import('node:zlib')
  const bomb = gzipSync(Buffer.from(good.padEnd(20 * 1024 * 1024)))
  const { exchange } = await setUp((response) =>
    raw(response, 200, bomb, { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
  )
  expect(await errorOf(exchange())).toMatchObject({ code: 'upstream_response' })
})

test('an answer of JSON type that repeats a member is judged by what it finally says', async () => {
  const { exchange } = await setUp((response) =>
    raw(response, 200, `${good.slice(0, -1)},"token_type":"mac"}`, { 'content-type': 'application/json' }),
  )
  expect(await errorOf(exchange())).toMatchObject({ code: 'upstream_response' })
})

test('the message names the member that is wrong and no value', async () => {
  const { exchange } = await setUp((response) =>
    json(response, 200, { ...goodAnswer, expires_in: 3_177_000_000 }),
  )
  const { message } = await errorOf(exchange())
  expect(message).toContain('expires_in')
  expect(message).not.toContain('77')
})
