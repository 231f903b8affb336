import { expect, test } from 'vitest'
import { createTesouroTokens, type TesouroTokensEvent, unsecuredSubjectToken } from '../../src/index.js'
import { json, startServer } from './scripted-server.js'
import { errorOf, goodAnswer, setUp } from './set-up.js'

const user = { sub: 'u_1', email: 'u_1@partner.test' }
const minutes = 60_000
const dated = (offsetMs: number): Record<string, string> => ({
  date: new Date(Date.now() + offsetMs).toUTCString(),
})
const clockEvents = (events: readonly TesouroTokensEvent[]): TesouroTokensEvent[] =>
  events.filter(({ type }) => type === 'clock')

test.each([
  ['9 min ahead of', -9 * minutes],
  ['9 min behind', 9 * minutes],
  ['5 h behind', 300 * minutes],
])("a refused exchange does not say that the clock is %s the platform's", async (words, offset) => {
  const refusal = { error: 'invalid_grant', error_description: 'the subject token has expired' }
  const { exchange } = await setUp((response) => json(response, 400, refusal, dated(offset)))
  const error = await errorOf(exchange())
  expect(error.message).toBe(
    'the token endpoint refused the request with 400 invalid_grant: the subject token has expired ' +
      `(this machine's clock is ${words} the platform's)`,
  )
  expect(error).toMatchObject({ errorDescription: 'the subject token has expired' })
})

test.each([
  ['clocks that agree', 'invalid_grant', dated(0)],
  ['clocks 50 s apart', 'invalid_grant', dated(-50_000)],
  ['no date', 'invalid_grant', {}],
  ['a date that is none', 'invalid_grant', { date: 'yesterday' }],
  ['a refusal of the credentials', 'invalid_client', dated(-9 * minutes)],
])('a refusal with %s is explained by the clock', async (_name, error, headers) => {
  const { exchange } = await setUp((response) => {
    response.sendDate = false
    json(response, error === 'invalid_client' ? 401 : 400, { error }, headers)
  })
  expect((await errorOf(exchange())).message).not.toContain('clock')
})

test.each(['beginning', 'end'])(
  'a slow answer, dated at its %s, is taken for a wrong clock',
  async (when) => {
    let now = 1_800_000_000_000
    const clock = { now: () => now, monotonic: () => now }
    const { exchange, events } = await setUp(
      (response) => {
        const before = now
        now += 3 * minutes
        const date = new Date(when === 'end' ? now : before).toUTCString()
        json(response, 200, goodAnswer, { date })
      },
      { clock },
    )
    await exchange()
    expect(clockEvents(events)).toEqual([])
  },
)

test('a clock that is wrong, and one that is set right, are told once each, and health() knows', async () => {
  const offsets = [0, -9, -9, 9, 0, 0].map((offset) => offset * minutes)
  const server = await startServer((response, _seen, index) => {
    json(response, 200, { ...goodAnswer, expires_in: 1 }, dated(offsets[index] ?? 0))
  })
  const events: TesouroTokensEvent[] = []
  const options = { baseUrl: server.url.href, clientId: 'id', clientSecret: 'client-secret' }
  await using tokens = createTesouroTokens({
    ...options,
    subjectToken: unsecuredSubjectToken(),
    requestsPerSecond: false,
    onEvent: (event) => void events.push(event),
  })
  const seen: (number | undefined)[] = []
  for (const index of offsets.keys()) {
    await tokens.getUserAccessToken({ ...user, sub: `u_${index}` })
    seen.push((await tokens.health()).clockAheadSeconds)
  }
  expect(clockEvents(events)).toEqual([
    { type: 'clock', state: 'wrong', aheadMs: expect.any(Number) },
    { type: 'clock', state: 'right', aheadMs: expect.any(Number) },
  ])
  expect(seen.map((ahead) => ahead && Math.round(ahead / 60))).toEqual([
    undefined,
    9,
    9,
    -9,
    undefined,
    undefined,
  ])
  await server.close()
})
