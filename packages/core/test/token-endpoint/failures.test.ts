import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { SubjectTokenError } from '../../src/errors.js'
import { json, type Reply, raw } from './scripted-server.js'
import { credentials, errorOf, fixed, goodAnswer, grants, secrets, setUp } from './set-up.js'

const good = JSON.stringify(goodAnswer)
const status = (code: number, headers: Record<string, string> = {}): Reply => {
  return (response) => raw(response, code, 'down', { connection: 'close', ...headers })
}

/** Ways not to answer: each is a passing failure, tried three times. */
const passing: [name: string, reply: Reply][] = [
  ['500', status(500)],
  ['501', status(501)],
  ['502', status(502)],
  ['503', status(503)],
  ['504', status(504)],
  ['408', status(408)],
  ['a reset', (response) => void response.socket?.resetAndDestroy()],
  ['a closed connection', (response) => void response.socket?.destroy()],
  [
    'garbage instead of HTTP',
    (response) => void response.socket?.end('\x00\x01 this is no HTTP at all\r\n\r\n'),
  ],
  [
    'an answer cut off in its body',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write(good.slice(0, 20), () => response.socket?.destroy())
    },
  ],
  ['no answer at all', () => {}],
  [
    'headers and never a body',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.flushHeaders()
    },
  ],
  ['a body that dribbles', dribble],
]

/** Those of them that only the attempt's own time limit ends. */
const hanging = ['no answer at all', 'headers and never a body', 'a body that dribbles']

function dribble(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}

test.each(passing)('%s is tried exactly three times, with a new subject token each', async (name, reply) => {
  // Generous where the answer ends the attempt: on a busy machine a request may not even have arrived in a short one.
  const attemptMs = hanging.includes(name) ? 1_000 : 3_000
  const { server, endpoint, events, exchange, subjectTokens } = await setUp(reply, { attemptMs })
  expect(await errorOf(exchange())).toMatchObject({ code: 'upstream_unavailable', retryable: true })
  expect(server.seen).toHaveLength(3)
  expect(server.seen.map(({ form }) => form.get('subject_token'))).toEqual(subjectTokens)
  expect(new Set(subjectTokens).size).toBe(3)
  expect(endpoint.upstream).toBe('failing')
  expect(events).toMatchObject([
    { type: 'exchange', outcome: 'upstream_unavailable', attempts: 3, user: 'user-1' },
  ])
})

test.each(passing)('%s leaves no socket behind once the attempts are over', async (_, reply) => {
  const { server, exchange } = await setUp(reply, { attemptMs: 150, attempts: 1 })
  await errorOf(exchange())
  // Would not settle, and run into the test's time limit, if one stayed open.
  await server.idle()
})

test.each(passing)('after %s, the next attempt’s answer is taken', async (_, reply) => {
  const { server, endpoint, exchange } = await setUp(
    (response, seen, index) => (index === 0 ? reply : grants)(response, seen, index),
    { attemptMs: 1_000 },
  )
  expect(await exchange()).toMatchObject({ accessToken: 'granted-token' })
  expect(server.seen).toHaveLength(2)
  expect(endpoint.upstream).toBe('up')
})

test('the life of a token counts from the attempt that brought it, not from the first', async () => {
  const { server, exchange } = await setUp((response, seen, index) =>
    (index === 0 ? status(500) : grants)(response, seen, index),
  )
  const grant = await exchange()
  expect(grant.requestedAt.monotonic).toBeGreaterThanOrEqual(server.seen[0]?.at ?? Number.POSITIVE_INFINITY)
})

test.each([
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_target',
  'access_denied',
  'unauthorized_client',
])('a final refusal (%s) is not tried again', async (error) => {
  const { server, endpoint, exchange } = await setUp((response) => json(response, 400, { error }))
  expect(await errorOf(exchange())).toMatchObject({
    code: 'token_endpoint',
    status: 400,
    error,
    errorDescription: undefined,
    retryable: false,
  })
  expect(server.seen).toHaveLength(1)
  expect(endpoint.upstream).toBe(error === 'invalid_client' ? 'failing' : 'up')
})

test('a refused connection names its code and nothing else', async () => {
  const { server, exchange, events } = await setUp(grants, { attempts: 1 })
  await server.close()
  const error = await errorOf(exchange())
  expect(error.message).toMatch(
    /^the platform could not be reached at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)$/,
  )
  expect(error.cause).toBeUndefined()
  expect(events).toMatchObject([{ attempts: 1, outcome: 'upstream_unavailable' }])
  expect(events[0]).not.toHaveProperty('status')
})

test('retry: false means one request', async () => {
  const { server, exchange } = await setUp(status(503), { attempts: 1 })
  await errorOf(exchange())
  expect(server.seen).toHaveLength(1)
})

test('the deadline of the whole exchange holds over its attempts', async () => {
  const { server, exchange } = await setUp(() => {}, { attemptMs: 300, exchangeMs: 450, attempts: 10 })
  expect(await errorOf(exchange())).toMatchObject({ code: 'upstream_unavailable' })
  expect(server.seen.length).toBeLessThan(4)
})

test('silence until the deadline of the whole exchange counts against the platform', async () => {
  const { endpoint, exchange } = await setUp(() => {}, { exchangeMs: 200 })
  expect(await errorOf(exchange())).toMatchObject({ code: 'upstream_unavailable' })
  await expect.poll(() => endpoint.upstream).toBe('failing')
})

test('a fetch that ignores its signal cannot hold the exchange up, and its late answer is thrown away', async () => {
  let cancelled: () => void = () => {}
  const cancellation = new Promise<void>((resolve) => {
    cancelled = resolve
  })
  let release: (response: Response) => void = () => {}
  const { exchange } = await setUp(grants, {
    attempts: 1,
    attemptMs: 50,
    fetch: () => new Promise((resolve) => (release = resolve)),
  })
  expect(await errorOf(exchange())).toMatchObject({ code: 'upstream_unavailable' })
  release(new Response(new ReadableStream({ cancel: cancelled })))
  await cancellation
})

test('the caller’s abort ends the request with the caller’s reason, and the connection with it', async () => {
  const controller = new AbortController()
  const reason = new Error('nobody waits')
  const { server, endpoint, events, exchange } = await setUp(() => controller.abort(reason))
  expect(await exchange({ signal: controller.signal }).catch((error: unknown) => error)).toBe(reason)
  await server.idle()
  expect(server.seen).toHaveLength(1)
  expect(endpoint.upstream).toBe('unknown')
  expect(events).toEqual([])
})

test('an abort while waiting for the next attempt sends nothing more', async () => {
  const controller = new AbortController()
  const { server, exchange } = await setUp((response) => {
    raw(response, 503, '', { 'retry-after': '5' })
    response.on('finish', () => setTimeout(() => controller.abort(new Error('gone')), 50))
  })
  await expect(exchange({ signal: controller.signal })).rejects.toThrow('gone')
  expect(server.seen).toHaveLength(1)
})

test('a subject-token provider that is down is reported as it is and not asked again', async () => {
  const failure = new SubjectTokenError('provider down', { retryable: true })
  let asked = 0
  const { server, exchange, events } = await setUp(grants)
  const error = await errorOf(
    exchange({
      subjectToken: async () => {
        asked += 1
        throw failure
      },
    }),
  )
  expect(error).toBe(failure)
  expect(asked).toBe(1)
  expect(server.seen).toHaveLength(0)
  expect(events).toMatchObject([{ outcome: 'subject_token', attempts: 0 }])
})

test('invalid_client with new credentials at hand is tried once more, whole, with the new ones', async () => {
  const rotated = { ...credentials, clientId: 'client-2', clientSecret: 'rotated-secret' }
  const refusals: unknown[] = []
  const { server, exchange, endpoint, events } = await setUp(
    (response, { form }) =>
      form.get('client_id') === 'client-2'
        ? json(response, 200, goodAnswer)
        : json(response, 401, { error: 'invalid_client' }),
    {
      attempts: 1,
      credentials: {
        current: async () => credentials,
        afterRefusal: async (used) => {
          refusals.push(used)
          return rotated
        },
      },
    },
  )
  expect(await exchange()).toMatchObject({ accessToken: 'granted-token' })
  expect(refusals).toEqual([credentials])
  expect(server.seen.map(({ form }) => [form.get('client_id'), form.get('client_secret')])).toEqual([
    ['client-1', secrets.clientSecret],
    ['client-2', 'rotated-secret'],
  ])
  expect(new Set(server.seen.map(({ form }) => form.get('subject_token'))).size).toBe(2)
  expect(endpoint.upstream).toBe('up')
  expect(events).toMatchObject([{ outcome: 'ok', attempts: 2 }])
})

test('the refusal of old credentials takes none of the attempts from the new ones', async () => {
  const { server, exchange } = await setUp(
    (response, seen, index) => {
      if (index === 0) return json(response, 401, { error: 'invalid_client' })
      return (index === 1 ? status(503) : grants)(response, seen, index)
    },
    {
      attempts: 2,
      credentials: { ...fixed, afterRefusal: async () => ({ ...credentials, clientSecret: 'another' }) },
    },
  )
  expect(await exchange()).toMatchObject({ accessToken: 'granted-token' })
  expect(server.seen).toHaveLength(3)
})

test('credentials that are refused twice are refused for good', async () => {
  const { server, exchange } = await setUp((response) => json(response, 401, { error: 'invalid_client' }), {
    credentials: { ...fixed, afterRefusal: async () => ({ ...credentials, clientSecret: 'another' }) },
  })
  expect(await errorOf(exchange())).toMatchObject({ code: 'token_endpoint', error: 'invalid_client' })
  expect(server.seen).toHaveLength(2)
})

test('a credentials function that fails after a refusal does not hide the refusal', async () => {
  const { exchange } = await setUp((response) => json(response, 401, { error: 'invalid_client' }), {
    credentials: {
      ...fixed,
      afterRefusal: async () => {
        throw new Error('secret manager down')
      },
    },
  })
  expect(await errorOf(exchange())).toMatchObject({ code: 'token_endpoint', error: 'invalid_client' })
})
