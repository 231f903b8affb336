import { expect, onTestFinished, test } from 'vitest'
import { standStill } from '../../../../conformance/src/stand-still.js'
import { json, type Reply, raw } from '../token-endpoint/scripted-server.js'
import { expired, firstly, setUp } from './set-up.js'

test.each<[name: string, reply: Reply]>([
  ['a validation error', (response) => json(response, 400, { error: { message: 'limit must be a number' } })],
  [
    'the words in another place',
    (response) => json(response, 400, { detail: 'The token has been expired.' }),
  ],
  [
    'another thing that has expired',
    (response) => json(response, 400, { error: { message: 'The card token has been expired.' } }),
  ],
  [
    'the words in a longer text',
    (response) => json(response, 400, { error: { message: 'Not true: The token has been expired.' } }),
  ],
  [
    'the words as text',
    (response) => raw(response, 400, JSON.stringify(expired), { 'content-type': 'text/plain' }),
  ],
  ['the words with status 403', (response) => json(response, 403, expired)],
  ['the words with status 200', (response) => json(response, 200, expired)],
  ['cut JSON', (response) => raw(response, 400, '{"error":', { 'content-type': 'application/json' })],
  ['nothing', (response) => raw(response, 400, '', { 'content-type': 'application/json' })],
  ['more than 16 KiB', (response) => json(response, 400, { pad: 'x'.repeat(17_000), ...expired })],
  [
    'members of the prototype',
    (response) =>
      raw(response, 400, '{"__proto__":{"error":{"message":"The token has been expired."}}}', {
        'content-type': 'application/json',
      }),
  ],
  ['a list', (response) => json(response, 400, [expired])],
])('an answer with %s is not taken for an expired token', async (_, reply) => {
  const { server, asked, call } = await setUp(reply)
  await (await call('/v1', { method: 'POST', body: 'x' })).text()
  expect(server.seen).toHaveLength(1)
  expect(asked).toHaveLength(1)
})

test('a 400 that was looked at can still be read from its beginning', async () => {
  const body = { error: { message: 'limit must be a number' }, pad: 'x'.repeat(100_000) }
  const { call } = await setUp((response) => {
    response.writeHead(400, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify(body))
  })
  expect(await (await call('/v1')).json()).toEqual(body)
})

test('a 400 whose body hangs is handed over all the same', async () => {
  const { call } = await setUp((response) => {
    response.writeHead(400, { 'content-type': 'application/json' })
    response.write('{"error":')
  })
  const response = await call('/v1')
  expect(response.status).toBe(400)
  const { value } = (await response.body?.getReader().read()) ?? {}
  expect(Buffer.from(value ?? []).toString()).toBe('{"error":')
})

const beginning: Reply = (response) => {
  response.writeHead(400, { 'content-type': 'application/json' })
  response.write(`{"pad":"${'x'.repeat(100_000)}`)
}

test('an abort after a long 400 that nobody reads is a rejection that nobody handles, and ends the process', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  const { call } = await setUp(beginning)
  const [unread, read] = [new AbortController(), new AbortController()]
  await call('/v1', { signal: unread.signal })
  unread.abort()
  const response = await call('/v1', { signal: read.signal })
  read.abort()
  expect(await response.text().catch(({ name }) => name)).toBe('AbortError')
  expect(unhandled).toEqual([])
})

test('an expired token is not replaced, because this process stood still while the 400 was looked at', async () => {
  let sendBody = (): void => {}
  const { server, call } = await setUp(
    firstly((response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).flushHeaders()
      sendBody = () => void response.end(JSON.stringify(expired))
    }),
    {
      async fetch(input, init) {
        const answer = await fetch(input, init)
        if (answer.status === 400) {
          // Not in a timer: what has arrived is read before those that are due with it.
          setImmediate(() => {
            sendBody()
            process.nextTick(() => standStill(2_500))
          })
        }
        return answer
      },
    },
  )
  expect((await call('/v1')).status).toBe(200)
  expect(server.seen).toHaveLength(2)
})

test('a caller who lets go of a long 400 keeps its connection', async () => {
  let gone = (): void => {}
  const closed = new Promise<void>((resolve) => {
    gone = resolve
  })
  const { call } = await setUp((response, seen, index) => {
    response.once('close', gone)
    beginning(response, seen, index)
  })
  const response = await call('/v1')
  await response.body?.cancel()
  await closed
})

test('a 400 that was looked at is another answer than the one that came', async () => {
  const { server, call } = await setUp((response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    json(response, 400, { error: 'limit' }, { 'x-request-id': 'r-1' })
  })
  const response = await call('/v1?limit=a')
  const { url, redirected, status, statusText, ok, bodyUsed, headers } = response
  expect({ url, redirected, status, statusText, ok, bodyUsed }).toEqual({
    url: new URL('/v1?limit=a', server.url).href,
    redirected: false,
    status: 400,
    statusText: 'Bad Request',
    ok: false,
    bodyUsed: false,
  })
  expect([headers.getSetCookie(), headers.get('x-request-id')]).toEqual([['a=1', 'b=2'], 'r-1'])
  expect(await response.clone().json()).toEqual({ error: 'limit' })
  expect(await response.json()).toEqual({ error: 'limit' })
})
