import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { ClosedError, UpstreamUnavailableError, UserForgottenError } from '../../src/errors.js'
import { json, type Reply, raw } from '../token-endpoint/scripted-server.js'
import { errorOf } from '../token-endpoint/set-up.js'
import { expired, firstly, setUp } from './set-up.js'

const answers401: Reply = (response) => raw(response, 401, '')
const answers400: Reply = (response) => json(response, 400, expired)

test.each([
  ['401', answers401],
  ['400 that says that the token has expired', answers400],
])('%s is answered with one more request, with a new token and the same body', async (_, reply) => {
  const { server, asked, call } = await setUp(firstly(reply))
  const response = await call('/v1/transfers', {
    method: 'POST',
    body: 'transfer=1',
    headers: { 'x-a': 'b' },
  })
  expect(await response.json()).toEqual({ index: 1 })
  expect(asked).toEqual([{ rejectedToken: undefined }, { rejectedToken: 'token-0' }])
  expect(server.seen.map(({ headers, body }) => [headers.authorization, headers['x-a'], body])).toEqual([
    ['Bearer token-0', 'b', 'transfer=1'],
    ['Bearer token-1', 'b', 'transfer=1'],
  ])
})

test.each([
  ['401', answers401, 401],
  ['expired 400', answers400, 400],
])('a second %s is the caller’s', async (_, reply, status) => {
  const { server, call } = await setUp(reply)
  expect((await call('/v1')).status).toBe(status)
  expect(server.seen).toHaveLength(2)
})

const form = new FormData()
form.set('a', '1')

test.each<[name: string, body: RequestInit['body']]>([
  ['text', 'a=1'],
  ['empty text', ''],
  ['a form', new URLSearchParams({ a: '1' })],
  ['bytes', new TextEncoder().encode('a=1')],
  ['an ArrayBuffer', new TextEncoder().encode('a=1').buffer],
  ['a DataView', new DataView(new TextEncoder().encode('a=1').buffer)],
  ['a Blob', new Blob(['a=1'])],
  ['a multipart form', form],
  ['nothing', undefined],
  ['null', null],
])('%s can be sent again', async (_, body) => {
  const { server, call } = await setUp(firstly(answers401))
  expect((await call('/v1', { method: 'POST', body })).status).toBe(200)
  // The boundary of a multipart form is drawn anew for each request.
  const [first, second] = server.seen.map((seen) => seen.body.replaceAll(/-+\S*formdata\S*/gi, ''))
  expect(second).toBe(first)
  expect(first?.includes('1')).toBe(Boolean(body))
  expect(server.seen).toHaveLength(2)
})

async function* parts(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('a=1')
}
const streams: [name: string, body: () => unknown][] = [
  ['a ReadableStream', () => new Blob(['a=1']).stream()],
  ['an async iterable', parts],
  ['a Node stream', () => Readable.from([Buffer.from('a=1')])],
]
test.each(streams)(
  '%s is sent once, and the first answer is the caller’s: the next call has another token',
  async (_, body) => {
    const { server, asked, call } = await setUp(firstly(answers401))
    const response = await call('/v1', { method: 'POST', body: body() as ReadableStream })
    expect(response.status).toBe(401)
    expect(server.seen.map((seen) => seen.body)).toEqual(['a=1'])
    expect(asked).toEqual([{ rejectedToken: undefined }, { rejectedToken: 'token-0' }])
  },
)

test('a Request is sent again if it has no body, and only then', async () => {
  const { server, call } = await setUp((response, seen) =>
    seen.headers.authorization === 'Bearer token-0' ? raw(response, 401, '') : json(response, 200, {}),
  )
  expect((await call(new Request(new URL('/bare', server.url), { headers: { 'x-a': 'b' } }))).status).toBe(
    200,
  )
  expect(server.seen.map(({ headers }) => headers['x-a'])).toEqual(['b', 'b'])
  const other = await setUp(firstly(answers401))
  const withBody = new Request(new URL('/body', other.server.url), { method: 'POST', body: 'a=1' })
  expect((await other.call(withBody)).status).toBe(401)
  expect(other.server.seen).toHaveLength(1)
})

test.each([
  [
    'fails',
    async (rejected: string | undefined) =>
      rejected === undefined ? 'token-0' : Promise.reject(new UpstreamUnavailableError('down')),
  ],
  ['gives the rejected token again', async () => 'token-0'],
])('when asking for another token %s, the platform’s own answer is the caller’s', async (_, give) => {
  const { server, asked, call } = await setUp((response) => json(response, 401, { title: 'Unauthorized' }), {
    getToken: ({ rejectedToken }) => give(rejectedToken),
  })
  const response = await call('/v1')
  expect(await response.json()).toEqual({ title: 'Unauthorized' })
  expect(server.seen).toHaveLength(1)
  expect(asked).toHaveLength(2)
})

test.each([new UserForgottenError(), new ClosedError()])(
  'when asking for another token ends with %s, so does the call, and nothing more is sent',
  async (ended) => {
    const { server, call } = await setUp((response) => json(response, 401, { title: 'Unauthorized' }), {
      getToken: async ({ rejectedToken }) => {
        if (rejectedToken !== undefined) throw ended
        return 'token-0'
      },
    })
    expect(await errorOf(call('/v1'))).toBe(ended)
    expect(server.seen).toHaveLength(1)
  },
)

test('the caller’s abort while another token is asked for ends the call', async () => {
  const controller = new AbortController()
  const reason = new Error('gone')
  const { server, call } = await setUp(answers401, {
    getToken: async ({ rejectedToken }) => {
      if (rejectedToken !== undefined) controller.abort(reason)
      return rejectedToken === undefined ? 'token-0' : 'token-1'
    },
  })
  expect(await call('/v1', { signal: controller.signal }).catch((error) => error)).toBe(reason)
  expect(server.seen).toHaveLength(1)
})

test('the body of the answer that is replaced is let go before the second request', async () => {
  const order: string[] = []
  const { call } = await setUp(() => {}, {
    fetch: async () => {
      order.push('request')
      if (order.length > 1) return new Response()
      return new Response(new ReadableStream({ cancel: () => void order.push('cancelled') }), { status: 401 })
    },
  })
  expect((await call('/v1')).status).toBe(200)
  expect(order).toEqual(['request', 'cancelled', 'request'])
})
