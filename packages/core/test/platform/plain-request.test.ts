import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { json, type Reply, raw } from '../token-endpoint/scripted-server.js'
import { errorOf } from '../token-endpoint/set-up.js'
import { setUp } from './set-up.js'

const fine: Reply = (response) => json(response, 200, {})

/** A Request that says that it goes elsewhere than it goes. */
function liar(input: string | URL, said: string, init?: RequestInit): Request {
  class Liar extends Request {}
  Object.defineProperty(Liar.prototype, 'url', { get: () => said })
  return new Liar(input, init)
}

test.each(['GET', 'POST'])('a %s Request whose url is not where it is sent', async (method) => {
  const evil = await setUp(fine)
  const { server, asked, call } = await setUp(fine)
  const init = { method, ...(method === 'POST' && { body: 'a=1' }) }
  const error = await errorOf(call(liar(evil.server.url, server.url.href, init)))
  expect(error).toMatchObject({ code: 'invalid_request' })
  await call(liar(new URL('/real', server.url), evil.server.url.href, init))
  expect(evil.server.seen).toEqual([])
  expect(server.seen.map(({ path }) => path)).toEqual(['/real'])
  expect(asked).toHaveLength(1)
})

test('an address that changes while it is looked at', async () => {
  const evil = await setUp(fine)
  const { server, call } = await setUp(fine)
  let reads = 0
  const address = (): string => {
    reads += 1
    return reads === 1 ? server.url.href : evil.server.url.href
  }
  for (const [tag, name] of [
    ['URL', 'href'],
    ['Request', 'url'],
  ] as const) {
    reads = 0
    const input = Object.defineProperty({ [Symbol.toStringTag]: tag, method: 'GET' }, name, { get: address })
    await call(input as unknown as URL)
    expect(reads).toBe(1)
  }
  expect(server.seen).toHaveLength(2)
  expect(evil.server.seen).toEqual([])
})

test.each<[name: string, input: unknown]>([
  ['an object with the prototype of Request', Object.create(Request.prototype)],
  ['a proxy of a Request', new Proxy(new Request('http://127.0.0.1:9/'), {})],
  ['a Request without an address', { [Symbol.toStringTag]: 'Request', headers: new Headers() }],
  ['null', null],
  ['nothing', undefined],
  ['a number', 1],
])('%s is refused with our own error', async (_, input) => {
  const { server, asked, call } = await setUp(fine)
  expect(await errorOf(call(input as Request))).toMatchObject({ code: 'invalid_request' })
  expect(asked).toEqual([])
  expect(server.seen).toEqual([])
})

test('a URL of another realm is taken for one', async () => {
  const { server, call } = await setUp(fine)
  const foreign = runInNewContext('Object.create(null, members)', {
    members: {
      [Symbol.toStringTag]: { value: 'URL' },
      href: { value: new URL('/v1', server.url).href },
    },
  })
  await call(foreign)
  expect(server.seen).toMatchObject([{ path: '/v1' }])
})

test('a Request’s body keeps its length, and init wins over what it brings', async () => {
  const { server, call } = await setUp(fine)
  const url = new URL('/v1', server.url)
  const request = (): Request => new Request(url, { method: 'POST', body: 'a=1', headers: { 'x-a': '1' } })
  await call(request())
  await call(request(), { method: 'PUT', body: 'b=22', headers: { 'x-b': '2' } })
  expect(server.seen.map(({ method, body, headers }) => [method, body, headers['content-length']])).toEqual([
    ['POST', 'a=1', '3'],
    ['PUT', 'b=22', '4'],
  ])
  expect(server.seen.map(({ headers }) => [headers['x-a'], headers['x-b']])).toEqual([
    ['1', undefined],
    [undefined, '2'],
  ])
})

test('a Request with a text in init is sent again with a new token', async () => {
  const { server, call } = await setUp((response, _, index) => {
    if (index === 0) raw(response, 401, '')
    else json(response, 200, {})
  })
  const request = new Request(new URL('/v1', server.url), { method: 'POST' })
  expect((await call(request, { body: 'a=1' })).status).toBe(200)
  expect(server.seen.map(({ body, headers }) => [body, headers.authorization])).toEqual([
    ['a=1', 'Bearer token-0'],
    ['a=1', 'Bearer token-1'],
  ])
})
