import { expect, test } from 'vitest'
import { UserForgottenError } from '../../src/errors.js'
import { json, type Reply, raw } from '../token-endpoint/scripted-server.js'
import { errorOf } from '../token-endpoint/set-up.js'
import { type Rig, setUp } from './set-up.js'

const post: RequestInit = { method: 'POST', body: 'transfer=1' }
const fine: Reply = (response) => json(response, 200, {})
const answers401: Reply = (response) => raw(response, 401, '')
const logout = new UserForgottenError()

const stages: [name: string, rig: (end: () => void) => Promise<Rig>, sent: number, asked: number][] = [
  [
    'while the token is asked for',
    (end) =>
      setUp(fine, {
        getToken: async () => {
          end()
          return 'token-0'
        },
      }),
    0,
    1,
  ],
  ['while the answer is waited for', (end) => setUp(() => end()), 1, 1],
  [
    'when the platform has just said that the token has expired',
    (end) =>
      setUp(fine, {
        fetch: async () => {
          const pull = (controller: ReadableStreamDefaultController): void => {
            end()
            controller.enqueue(new TextEncoder().encode('{"error":{"message":"The token has expired"}}'))
            controller.close()
          }
          const body = new ReadableStream({ pull }, { highWaterMark: 0 })
          return new Response(body, { status: 400, headers: { 'content-type': 'application/json' } })
        },
      }),
    0,
    1,
  ],
  [
    'while another token is asked for',
    (end) =>
      setUp(answers401, {
        getToken: async ({ rejectedToken }) => {
          if (rejectedToken !== undefined) end()
          return rejectedToken === undefined ? 'token-0' : 'token-1'
        },
      }),
    1,
    2,
  ],
  [
    'while another token is asked for in vain',
    (end) =>
      setUp(answers401, {
        getToken: async ({ rejectedToken }) => {
          if (rejectedToken !== undefined) end()
          return 'token-0'
        },
      }),
    1,
    2,
  ],
  [
    'while a 400 is looked at',
    (end) =>
      setUp((response) => {
        response.writeHead(400, { 'content-type': 'application/json' })
        response.write('{"error":', end)
      }),
    1,
    1,
  ],
]

test.each(stages)('a logout %s ends the call, and nothing more is sent', async (_, start, sent, asked) => {
  const rig: Rig = await start(() => rig.end(logout))
  expect(await errorOf(rig.call('/v1/transfers', post))).toBe(logout)
  expect(rig.server.seen).toHaveLength(sent)
  expect(rig.asked).toHaveLength(asked)
  await rig.server.idle()
})

test('a fetch that pays no attention to its signal is not even called once the call has ended', async () => {
  let sent = 0
  const { call, end } = await setUp(fine, {
    getToken: async () => {
      end(logout)
      return 'token-0'
    },
    fetch: async () => {
      sent += 1
      return new Response()
    },
  })
  expect(await errorOf(call('/v1', post))).toBe(logout)
  expect(sent).toBe(0)
})

test('a fetch that pays no attention to its signal cannot keep a call alive, and what it brings later is let go', async () => {
  let answer: (response: Response) => void = () => {}
  const fetched = new Promise<Response>((resolve) => {
    answer = resolve
  })
  const { call, end } = await setUp(fine, {
    fetch: async () => {
      end(logout)
      return fetched
    },
  })
  expect(await errorOf(call('/v1', post))).toBe(logout)
  await new Promise<void>((cancelled) => {
    answer(new Response(new ReadableStream({ cancel: () => cancelled() })))
  })
})

test('the caller’s signal still ends the body of an answer that was handed over', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const { server, call } = await setUp((response) => {
    response.writeHead(200)
    response.write('first')
  })
  const response = await call('/v1/events', { signal: controller.signal })
  const reader = response.body?.getReader()
  await reader?.read()
  controller.abort(reason)
  await expect(reader?.read()).rejects.toBe(reason)
  await server.idle()
})
