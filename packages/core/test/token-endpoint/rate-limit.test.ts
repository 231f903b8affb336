import { expect, test, vi } from 'vitest'
import type { Credentials } from '../../src/configuration/settings.js'
import type { Clock } from '../../src/lib/clock.js'
import { json, type Reply, raw } from './scripted-server.js'
import { credentials, errorOf, fixed, goodAnswer, grants, type Rig, setUp } from './set-up.js'

const now = Date.UTC(2026, 4, 5, 12, 0, 0)
const inSeconds = (seconds: number): string => new Date(now + seconds * 1_000).toUTCString()

/** The wall clock stands, so that a date means the same however long a test takes; the other one runs. */
const clock: Clock = { now: () => now, monotonic: () => performance.now() }

const tooMany = (retryAfter: string | undefined, status = 429): Reply => {
  const headers = { date: inSeconds(0), ...(retryAfter !== undefined && { 'retry-after': retryAfter }) }
  return (response) => json(response, status, { message: 'API rate limit exceeded' }, headers)
}
const once = (reply: Reply): Reply => {
  return (response, seen, index) => (index === 0 ? reply : grants)(response, seen, index)
}
const gap = ({ server }: Rig): number => (server.seen[1]?.at ?? 0) - (server.seen[0]?.at ?? 0)

test.each<[name: string, header: string | undefined, ms: number]>([
  ['seconds', '1', 1_000],
  ['zero', '0', 0],
  ['a fraction', '0.3', 300],
  ['a date', inSeconds(1), 1_000],
  ['nothing', undefined, 1_000],
  ['a negative number', '-5', 1_000],
  ['words', 'soon', 1_000],
  ['a date gone by', inSeconds(-3_600), 1_000],
])('after 429 with Retry-After: %s, nothing is sent earlier than asked', async (_, header, ms) => {
  const rig = await setUp(once(tooMany(header)), { clock })
  expect(await rig.exchange()).toMatchObject({ accessToken: 'granted-token' })
  expect(rig.server.seen).toHaveLength(2)
  expect(gap(rig)).toBeGreaterThanOrEqual(ms)
})

test.each<[name: string, header: string, seconds: number]>([
  ['seconds', '60', 60],
  ['a date', inSeconds(90), 90],
  ['an hour', '3600', 3_600],
  ['more seconds than make sense', '99999999999999999999', 31_622_400],
  ['a date in another century', 'Fri, 01 Jan 2100 00:00:00 GMT', 31_622_400],
])(
  'after 429 that asks for longer than the deadline (%s), it is told and not waited for',
  async (_, header, seconds) => {
    const { server, exchange, endpoint, events } = await setUp(tooMany(header), { clock })
    const expected = { code: 'rate_limited', retryable: true, retryAfterSeconds: seconds }
    expect(await errorOf(exchange())).toMatchObject(expected)
    expect(server.seen).toHaveLength(1)
    expect(endpoint.upstream).toBe('up')
    expect(events.filter(({ type }) => type === 'exchange')).toMatchObject([
      { outcome: 'rate_limited', status: 429, attempts: 1 },
    ])
    const later = await errorOf(endpoint.clientCredentials({ signal: new AbortController().signal }))
    expect(later).toMatchObject({ code: 'rate_limited' })
    expect(later.retryAfterSeconds).toBeGreaterThanOrEqual(seconds - 1)
    expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited' })
    expect(server.seen).toHaveLength(1)
  },
)

test('a pause holds for the whole client and ends when it is over', async () => {
  let monotonic = 0
  const { server, exchange, endpoint, subjectTokens } = await setUp(once(tooMany('60')), {
    clock: { now: () => now, monotonic: () => monotonic },
  })
  await errorOf(exchange())
  const made = subjectTokens.length
  monotonic = 49_999
  expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 11 })
  expect(subjectTokens).toHaveLength(made)
  expect(
    await errorOf(endpoint.revoke('token', { signal: new AbortController().signal, user: undefined })),
  ).toMatchObject({ code: 'rate_limited' })
  expect(server.seen).toHaveLength(1)
  monotonic = 60_000
  expect(await exchange()).toMatchObject({ accessToken: 'granted-token' })
})

test('a pause of one client id does not hold up another', async () => {
  let current: Credentials = credentials
  const { exchange, server } = await setUp(once(tooMany('60')), {
    credentials: { ...fixed, current: async () => current },
  })
  await errorOf(exchange())
  current = { ...credentials, clientId: 'client-2' }
  expect(await exchange()).toMatchObject({ accessToken: 'granted-token' })
  expect(server.seen).toHaveLength(2)
})

test('calls that come during a pause wait for its end where that fits their deadline', async () => {
  let isAnswered = false
  const rig = await setUp(once(tooMany('1')), {
    async fetch(input, init) {
      const response = await fetch(input, init)
      // after whoever waits for the answer has seen it
      setImmediate(() => {
        isAnswered = true
      })
      return response
    },
  })
  const first = rig.exchange()
  await vi.waitUntil(() => isAnswered, { timeout: 120_000, interval: 1 })
  await Promise.all([first, rig.exchange(), rig.exchange()])
  expect(rig.server.seen).toHaveLength(4)
  expect(gap(rig)).toBeGreaterThanOrEqual(1_000)
})

test('429 at every attempt ends after three, with the time to wait', async () => {
  const { server, exchange } = await setUp(tooMany('0'))
  expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 })
  expect(server.seen).toHaveLength(3)
})

test('503 with Retry-After is obeyed where it fits and told where it does not', async () => {
  const fits = await setUp(once(tooMany('1', 503)))
  await fits.exchange()
  expect(gap(fits)).toBeGreaterThanOrEqual(1_000)
  const not = await setUp(tooMany('60', 503))
  expect(await errorOf(not.exchange())).toMatchObject({
    code: 'upstream_unavailable',
    retryAfterSeconds: 60,
    retryable: true,
  })
  expect(not.server.seen).toHaveLength(1)
})

/** The most entries that lie within one second of each other. */
function busiestSecond(times: number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.max(...sorted.map((from) => sorted.filter((at) => at >= from && at < from + 1_000).length))
}

test('100 calls at 25 a second put at most 30 into any second, and all arrive, in order', async () => {
  const sentAt: number[] = []
  const { server, endpoint } = await setUp(grants, {
    perSecond: 25,
    exchangeMs: 60_000,
    fetch: (input, init) => {
      sentAt.push(performance.now())
      return fetch(input, init)
    },
  })
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      endpoint.exchange(
        { subjectToken: async () => `subject-${index}`, requestParameters: undefined, user: undefined },
        { signal: new AbortController().signal },
      ),
    ),
  )
  expect(server.seen).toHaveLength(100)
  expect(busiestSecond(sentAt)).toBeLessThanOrEqual(30)
})

test('a call that cannot get a slot within its deadline is told at once, and sends nothing', async () => {
  const { server, exchange } = await setUp(grants, { perSecond: 0.001, exchangeMs: 900_000 })
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => exchange()))
  const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  expect(failed).toHaveLength(19)
  for (const error of failed)
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterSeconds: expect.any(Number) })
  expect(server.seen).toHaveLength(1)
})

test('whoever gives up in the line neither keeps its turn nor lets others pass sooner', async () => {
  const controller = new AbortController()
  const abortThenGrant: Reply = (response, seen, index) => {
    controller.abort(new Error('left'))
    grants(response, seen, index)
  }
  const { server, exchange } = await setUp(abortThenGrant, { perSecond: 1, exchangeMs: 30_000 })
  const first = exchange()
  const leaving = Promise.allSettled(Array.from({ length: 9 }, () => exchange({ signal: controller.signal })))
  const last = exchange()
  await first
  for (const outcome of await leaving) expect(outcome.status).toBe('rejected')
  await last
  expect(server.seen).toHaveLength(2)
})

test('those who gave up in the line are not counted against those who come later', async () => {
  const { server, exchange } = await setUp(grants, { perSecond: 1, exchangeMs: 30_000 })
  await exchange()
  const controller = new AbortController()
  const inFront = exchange()
  const leaving = Promise.allSettled(
    Array.from({ length: 40 }, () => exchange({ signal: controller.signal })),
  )
  // Let them all get into the line.
  await new Promise((resolve) => setImmediate(resolve))
  controller.abort(new Error('left'))
  for (const outcome of await leaving) expect(outcome.status).toBe('rejected')
  await Promise.all([inFront, exchange()])
  expect(server.seen).toHaveLength(3)
})

test('requestsPerSecond: false sends everything at once', async () => {
  const { server, exchange } = await setUp((response) =>
    raw(response, 200, JSON.stringify(goodAnswer), { 'content-type': 'application/json' }),
  )
  await Promise.all(Array.from({ length: 60 }, () => exchange()))
  expect(server.seen).toHaveLength(60)
})

test('a limit below one a second is kept too', async () => {
  const still: Clock = { now: () => now, monotonic: () => 0 }
  const { server, exchange } = await setUp(grants, { perSecond: 0.05, exchangeMs: 19_000, clock: still })
  await exchange()
  expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 20 })
  expect(server.seen).toHaveLength(1)
})
