import type { ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { TesouroTokensError } from '../../src/index.js'
import { json, raw } from './scripted-server.js'
import { goodAnswer, secrets, setUp } from './set-up.js'

const id = { 'x-request-id': 'req-5f1d0c' }

/** What the platform's support asks for, with each kind of answer that ends in an error. */
type Headers = Record<string, string>
const answers: [
  name: string,
  reply: (response: ServerResponse, id: Headers) => void,
  code: TesouroTokensError['code'],
][] = [
  ['400', (r, id) => json(r, 400, { error: 'invalid_grant' }, id), 'token_endpoint'],
  ['401', (r, id) => json(r, 401, { error: 'invalid_client' }, id), 'token_endpoint'],
  ['429', (r, id) => json(r, 429, {}, { ...id, 'retry-after': '60' }), 'rate_limited'],
  ['500', (r, id) => json(r, 500, {}, id), 'upstream_unavailable'],
  [
    'a body that is no JSON',
    (r, id) => raw(r, 200, '<html>', { ...id, 'content-type': 'text/html' }),
    'upstream_response',
  ],
  ['an answer without a token', (r, id) => json(r, 200, { token_type: 'Bearer' }, id), 'upstream_response'],
  [
    'a lifetime that is none',
    (r, id) => json(r, 200, { ...goodAnswer, expires_in: -1 }, id),
    'upstream_response',
  ],
  [
    'a redirect',
    (r, id) => raw(r, 307, '', { ...id, location: 'https://elsewhere.example' }),
    'upstream_response',
  ],
  ['more than 64 KiB', (r, id) => json(r, 200, { padding: 'x'.repeat(70_000) }, id), 'upstream_response'],
  [
    'a connection that breaks in the middle',
    (response, id) => {
      response.writeHead(200, { ...id, 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"access_token":', () => response.socket?.destroy())
    },
    'upstream_unavailable',
  ],
]

test.each(answers)('the request id of %s is in no error and no event', async (_name, reply, code) => {
  const { exchange, events } = await setUp((response) => reply(response, id), { attempts: 1 })
  const error = await exchange().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code, requestId: 'req-5f1d0c' })
  expect(inspect(error)).toContain('req-5f1d0c')
  expect(events).toEqual([expect.objectContaining({ type: 'exchange', requestId: 'req-5f1d0c' })])
})

test('the request id of a good answer is not in the exchange event', async () => {
  const { exchange, events } = await setUp((response) => json(response, 200, goodAnswer, id))
  await exchange()
  expect(events).toEqual([expect.objectContaining({ outcome: 'ok', requestId: 'req-5f1d0c' })])
})

test('the id of an attempt before is told as that of the last', async () => {
  const { exchange, events } = await setUp(
    (response, _seen, index) => json(response, 503, {}, index === 0 ? id : {}),
    { attempts: 2 },
  )
  const error = await exchange().catch((reason: unknown) => reason)
  expect(error).not.toHaveProperty('requestId')
  expect(events[0]).not.toHaveProperty('requestId')
})

test.each(answers)('an id is invented where %s had none', async (_name, reply) => {
  const { exchange, events } = await setUp((response) => reply(response, {}), { attempts: 1 })
  const error = await exchange().catch((reason: unknown) => reason)
  expect(error).not.toHaveProperty('requestId')
  expect(events[0]).not.toHaveProperty('requestId')
})

test.each([
  ['repeats the client secret', secrets.clientSecret],
  ['repeats the subject token', secrets.subjectToken],
  ['is longer than 128 characters', 'x'.repeat(129)],
  ['holds a quote', 'a"b'],
  ['is empty', ''],
])('a request id that %s is shown', async (_name, value) => {
  const { exchange, events } = await setUp((response) =>
    json(response, 400, { error: 'invalid_grant' }, { 'x-request-id': value }),
  )
  const error = await exchange().catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'token_endpoint' })
  expect(error).not.toHaveProperty('requestId')
  expect(events[0]).not.toHaveProperty('requestId')
})
