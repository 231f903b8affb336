import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveTarget } from '../../src/platform/target.js'
import { json, type Reply } from '../token-endpoint/scripted-server.js'
import { errorOf } from '../token-endpoint/set-up.js'
import { setUp } from './set-up.js'

const fine: Reply = (response) => json(response, 200, {})

const hostile: [name: string, target: (evil: URL) => string | URL | Request][] = [
  ['a protocol-relative path', ({ host }) => `//${host}/`],
  ['a slash and a backslash', ({ host }) => `/\\${host}/`],
  ['two backslashes', ({ host }) => `\\\\${host}/`],
  ['a tab before two slashes', ({ host }) => `\t//${host}/`],
  ['a tab between two slashes', ({ host }) => `/\t/${host}/`],
  ['a line break between two slashes', ({ host }) => `/\n/${host}/`],
  ['a carriage return between two slashes', ({ host }) => `/\r/${host}/`],
  ['a blank before two slashes', ({ host }) => ` //${host}/`],
  ['three slashes', ({ host }) => `///${host}/`],
  ['an address as text', ({ href }) => href],
  ['an address as text in capitals', ({ host }) => `HTTP://${host}/`],
  ['a scheme without slashes', ({ host }) => `http:${host}`],
  ['user information as text', ({ host }) => `@${host}/`],
  ['a path without its slash', () => 'v1/accounts'],
  ['an empty path', () => ''],
  ['climbing to two slashes', ({ host }) => `/x/..//${host}/`],
  ['climbing to two slashes in percent form', ({ host }) => `/x/%2e%2e//${host}/`],
  ['climbing by a backslash', ({ host }) => `/x\\..\\\\${host}/`],
  ['climbing in the middle', () => '/v1/accounts/../../admin'],
  ['climbing at the end', () => '/v1/..'],
  ['climbing half in percent form', () => '/v1/.%2E/admin'],
  ['NUL', () => '/v1\u0000/accounts'],
  ['a header behind the path', () => '/v1 HTTP/1.1\r\nX-Evil: 1\r\n\r\n'],
  ['a C1 control character', () => '/v1/\u0085accounts'],
  ['a URL of another origin', (evil) => evil],
  ['a Request of another origin', (evil) => new Request(evil)],
  ['a URL with user information', ({ host }) => new URL(`http://user:password@${host}/`)],
  ['a URL of another scheme', () => new URL('ftp://127.0.0.1/')],
  ['a data URL', () => new URL('data:text/plain,hello')],
  ['a file URL', () => new URL('file:///etc/passwd')],
  ['localhost under its other name', ({ port }) => new URL(`http://localhost:${port}/`)],
  [
    'an object that pretends to be a URL',
    ({ href }) => ({ href, origin: 'x', toString: () => href }) as unknown as URL,
  ],
  ['a text object', ({ href }) => Object(href) as string],
]

test.each(hostile)('%s is refused before a token is asked for', async (_, target) => {
  const evil = await setUp(fine)
  const { server, asked, call } = await setUp(fine)
  const error = await errorOf(call(target(evil.server.url)))
  expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringMatching(/^input /) })
  expect(error.message).not.toContain(evil.server.url.host)
  expect(asked).toEqual([])
  expect(server.seen).toEqual([])
  expect(evil.server.seen).toEqual([])
})

test('user information on the right origin is refused', async () => {
  const { server, asked, call } = await setUp(fine)
  const url = new URL('/', server.url)
  url.username = 'somebody'
  expect(await errorOf(call(url))).toMatchObject({ code: 'invalid_request' })
  expect(asked).toEqual([])
})

test('the same host under another port or scheme is another origin', () => {
  const base = new URL('https://api.example.com/')
  for (const other of [
    'http://api.example.com/',
    'https://api.example.com:8443/',
    'https://api.example.com./',
    'wss://api.example.com/',
  ]) {
    expect(() => resolveTarget(new URL(other), base)).toThrow('origin')
  }
  expect(resolveTarget(new URL('https://API.example.com:443/x'), base).href).toBe('https://api.example.com/x')
})

test.each([
  ['/', '/base/'],
  ['/v1/accounts?limit=10&next=//x', '/base/v1/accounts?limit=10&next=//x'],
  ['/v1/a:b/c@d', '/base/v1/a:b/c@d'],
  ['/javascript:alert(1)', '/base/javascript:alert(1)'],
  ['/v1/%2F%2Fevil', '/base/v1/%2F%2Fevil'],
  ['/v1/..x/.y/...', '/base/v1/..x/.y/...'],
  ['/?q=../..', '/base/?q=../..'],
  ['/v1/ü', '/base/v1/%C3%BC'],
  ['/#top', '/base/'],
])('the path %s goes below the base URL', async (path, expected) => {
  const { server, call } = await setUp(fine, { base: (url) => new URL('/base/', url) })
  expect((await call(path)).status).toBe(200)
  expect(server.seen.map((seen) => seen.path)).toEqual([expected])
})

test('a URL and a Request may go anywhere on the origin', async () => {
  const { server, call } = await setUp(fine, { base: (url) => new URL('/base/', url) })
  await call(new URL('/other?x=1', server.url))
  await call(new Request(new URL('/third', server.url), { method: 'DELETE' }))
  expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /other?x=1',
    'DELETE /third',
  ])
})

test('a whole URL as text may go anywhere on the origin, and nowhere else', async () => {
  const evil = await setUp(fine)
  const { server, asked, call } = await setUp(fine, { base: (url) => new URL('/base/', url) })
  await call(new URL('/other?x=1', server.url).href)
  await call(server.url.href.replace('http', 'HTTP'))
  expect(server.seen.map(({ path }) => path)).toEqual(['/other?x=1', '/'])
  const { host } = server.url
  for (const text of [
    `http://${host}@${evil.server.url.host}/`,
    `http://${evil.server.url.host}\\@${host}/`,
    `http://${host}\\@${evil.server.url.host}/`,
    `http://${host}/a/../b`,
    `http://user@${host}/`,
    `https://${host}/`,
    `http:\n//${evil.server.url.host}/`,
    'http://[',
  ]) {
    expect(await errorOf(call(text)), text).toMatchObject({ code: 'invalid_request' })
  }
  expect(evil.server.seen).toEqual([])
  expect(asked).toHaveLength(2)
})

test('no path whatever leaves the origin and the path of the base URL', () => {
  const base = new URL('https://api.example.com/base/')
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2F',
    '%5c',
    '@',
    ':',
    '?',
    '#',
    '\t',
    '\n',
    ' ',
    'evil.example',
    'a',
    '\u0000',
    'http:',
    ';',
  )
  const path = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  )
  let accepted = 0
  fc.assert(
    fc.property(path, fc.boolean(), (text, slash) => {
      const input = slash ? `/${text}` : text
      let target: URL
      try {
        target = resolveTarget(input, base)
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_request' })
        return
      }
      accepted += 1
      expect(target.origin).toBe(base.origin)
      expect(target.href.startsWith(base.href)).toBe(true)
      expect(target.username + target.password).toBe('')
    }),
    { numRuns: 5_000 },
  )
  expect(accepted).toBeGreaterThan(100)
})
