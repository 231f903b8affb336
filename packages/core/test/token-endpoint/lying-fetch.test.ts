import { expect, test } from 'vitest'
import { platform, setUp } from '../limits/set-up.js'
import { errorOf } from './set-up.js'

const throwing = (): never => {
  throw new Error('of the fetch that was given')
}

/** What another library's answer tells, with one member that is not what it should be. */
const like = (answer: Response, odd: object): object => {
  const { status, statusText, headers, body } = answer
  return Object.defineProperties({ status, statusText, headers, body }, Object.getOwnPropertyDescriptors(odd))
}

const headersWith = (value: unknown): object => ({
  get: (name: string) => (name === 'content-type' ? 'application/json' : value),
  *[Symbol.iterator]() {
    yield ['content-type', 'application/json']
    yield ['x-request-id', value]
  },
})

const lies: Readonly<Record<string, (answer: Response) => unknown>> = {
  'headers that throw': (answer) => like(answer, { headers: { get: throwing, [Symbol.iterator]: throwing } }),
  'a header that is two lines': (answer) => like(answer, { headers: headersWith('a\nb') }),
  'a status that is NaN': (answer) => like(answer, { status: Number.NaN }),
  'a status of four digits': (answer) => like(answer, { status: 2_000 }),
  'a status that throws': (answer) =>
    like(answer, {
      get status() {
        return throwing()
      },
    }),
  'a body whose getReader throws': (answer) => like(answer, { body: { getReader: throwing } }),
  'a body whose cancel throws': (answer) =>
    like(answer, { body: { getReader: () => answer.body?.getReader(), cancel: throwing } }),
  'a body whose reader gives nothing': (answer) =>
    like(answer, { body: { getReader: () => ({ read: async () => undefined }) } }),
  'a proxy that throws': () =>
    new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : throwing()) }),
}

test.each(Object.entries(lies))(
  'an exchange is made again after %s, or fails by another error',
  async (_, lie) => {
    const { tokens, exchange, seen } = await setUp(platform(), {
      retry: { attempts: 3 },
      fetch: async (input, init) => lie(await fetch(input, init)) as Response,
    })
    const error = await errorOf(exchange())
    expect(error).toMatchObject({ code: 'configuration', message: expect.stringMatching(/^fetch: /) })
    expect(seen().tokens).toBe(1)
    expect(await errorOf(tokens.getAppAccessToken())).toMatchObject({ code: 'configuration' })
  },
)

test.each([
  ['headers whose get gives a number', headersWith(5)],
  ['headers whose get gives a list', headersWith(['x'])],
  ['headers whose get throws', { ...headersWith(5), get: throwing }],
])('an exchange fails, or is made again, after %s that can be read', async (_, headers) => {
  const { tokens, exchange, seen } = await setUp(platform(), {
    retry: { attempts: 3 },
    fetch: async (input, init) => {
      const answer = await fetch(input, init)
      return String(input).includes('/openid/') ? (like(answer, { headers }) as Response) : answer
    },
  })
  await exchange()
  expect(seen().tokens).toBe(1)
  expect((await tokens.fetchAsApp('/accounts')).status).toBe(200)
})

test('a REST call fails by a foreign error after an answer whose headers throw', async () => {
  const { rest, seen } = await setUp(platform(), {
    fetch: async (input, init) => {
      const answer = await fetch(input, init)
      return String(input).includes('/openid/')
        ? answer
        : (like(answer, { headers: { get: throwing, [Symbol.iterator]: throwing } }) as Response)
    },
  })
  expect(await errorOf(rest())).toMatchObject({ code: 'configuration' })
  expect(seen().rest).toBe(1)
})
