import type { ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import { fakeClock } from '../fake-clock.js'
import { json, type Reply } from '../token-endpoint/scripted-server.js'
import { errorOf, goodAnswer } from '../token-endpoint/set-up.js'
import { accessTokenType, baseUrl, granted, platform, setUp, start } from './set-up.js'
import { SharedLimits } from './shared-limits.js'

test('REST calls are counted: a request for a token waits for what they have used up', async () => {
  const { server, tokens, rest, exchange } = await setUp(platform(), { requestsPerSecond: 10 })
  await tokens.getAppAccessToken()
  const from = performance.now()
  await Promise.all(Array.from({ length: 5 }, rest))
  await exchange()
  // Six slots of a tenth of a second were taken before its own.
  expect((server.seen.at(-1)?.at ?? 0) - from).toBeGreaterThanOrEqual(480)
})

test('REST calls wait for nothing and are refused by nothing, whatever waits beside them', async () => {
  // From here on no slot becomes free, however long the calls take.
  const limitStore = new SharedLimits()
  const timeouts = { cacheMs: 60_000, exchangeMs: 120_000, callMs: 120_000 }
  const { tokens, rest, exchange, seen } = await setUp(platform(), { limitStore, timeouts })
  await tokens.getAppAccessToken()
  vi.spyOn(limitStore, 'reserve').mockReturnValue(new Promise(() => {}))
  const waiting = Promise.allSettled([exchange(), exchange()])
  const answers = await Promise.all(Array.from({ length: 60 }, rest))
  expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200))
  expect(seen()).toEqual({ tokens: 1, rest: 60 })
  await tokens.close()
  await waiting
})

test('so many REST calls that no slot is left do not keep requests for tokens away for ever', async () => {
  const { tokens, rest, exchange } = await setUp(platform(), {
    requestsPerSecond: 10,
    timeouts: { exchangeMs: 9_000 },
  })
  await tokens.getAppAccessToken()
  await Promise.all(Array.from({ length: 100 }, rest))
  expect(await exchange()).toMatchObject({ accessToken: 'token' })
})

test.each([
  ['429', 'this process', (response: ServerResponse) => json(response, 429, {}, { 'retry-after': '3600' })],
  ['200', 'this process', (response: ServerResponse) => json(response, 200, {})],
  ['200', 'another process', (response: ServerResponse) => json(response, 200, {})],
])(
  'REST calls without end, answered %s, made in %s, keep those from their tokens who wait together',
  async (_, where, reply) => {
    const options = { limitStore: new SharedLimits() }
    const here = await setUp(platform(reply), options)
    const { rest } = where === 'this process' ? here : start(here.server, options)
    await rest()
    await here.tokens.getAppAccessToken()
    let isOver = false
    const calls = async (): Promise<void> => {
      while (!isOver) await Promise.all([rest(), rest(), rest(), new Promise((next) => setTimeout(next, 40))])
    }
    const without = calls()
    // Each by itself after those before it would take a second and more: half a minute in all.
    const waiting = await Promise.allSettled(Array.from({ length: 40 }, here.exchange))
    isOver = true
    await without
    expect(waiting.filter(({ status }) => status === 'rejected')).toEqual([])
  },
)

const heads: [name: string, status: number, headers: Record<string, string>][] = [
  ['429 with Retry-After', 429, { 'retry-after': '3600' }],
  ['429 with only a reset', 429, { 'ratelimit-reset': '50' }],
  ['nothing remaining', 200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '40' }],
  ['nothing remaining of a 403', 403, { 'ratelimit-remaining': '0', 'ratelimit-reset': '40' }],
  ['the other form of it', 200, { 'x-ratelimit-remaining-second': '0', 'ratelimit-reset': '30' }],
]

test.each(heads)(
  'after %s on a REST call of one user, another gets no token, here or in another process',
  async (_, status, headers) => {
    const store = new SharedLimits()
    const paused = vi.spyOn(store, 'pause')
    const options = { limitStore: store, timeouts: { exchangeMs: 20_000 } }
    const reply = platform((response) => json(response, status, {}, headers))
    const { server, rest, exchange, seen, tokens } = await setUp(reply, options)
    const other = start(server, options)
    await tokens.getAppAccessToken()
    const answers = await Promise.all([rest(), rest(), rest()])
    expect(answers.map((answer) => answer.status)).toEqual([status, status, status])
    expect(await exchange()).toMatchObject({ accessToken: 'token' })
    expect(await other.exchange()).toMatchObject({ accessToken: 'token' })
    expect(paused).not.toHaveBeenCalled()
    await Promise.all([rest(), rest()])
    expect(seen()).toEqual({ tokens: 3, rest: 5 })
  },
)

test.each(heads.slice(2))(
  'after %s on an answer of the token endpoint, the next token is asked for too early',
  async (_, status, headers) => {
    const { exchange, server } = await setUp((response) =>
      json(
        response,
        status,
        { access_token: 'token', token_type: 'Bearer', issued_token_type: accessTokenType },
        headers,
      ),
    )
    await exchange().catch(() => {})
    expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited' })
    expect(server.seen).toHaveLength(1)
  },
)

test('what an answer that cannot be used says of the limit is not heeded', async () => {
  const { exchange, server } = await setUp((response) => {
    response.writeHead(302, { location: '/', 'ratelimit-remaining': '0', 'ratelimit-reset': '60' })
    response.end()
  })
  expect(await errorOf(exchange())).toMatchObject({ code: 'upstream_response' })
  expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited' })
  expect(server.seen).toHaveLength(1)
})

test('a pause that was asked for while somebody waits does not stop them', async () => {
  const limitStore = new SharedLimits()
  const reserve = vi.spyOn(limitStore, 'reserve')
  const { server, exchange } = await setUp(
    (response, seen, index) => {
      if (index === 0) json(response, 429, {}, { 'retry-after': '1' })
      else platform()(response, seen, index)
    },
    { limitStore, timeouts: { cacheMs: 60_000, exchangeMs: 120_000, callMs: 120_000 } },
  )
  const first = errorOf(exchange())
  await expect.poll(() => reserve.mock.calls.length).toBe(1)
  // The second one has been given its slot, and the pause comes before it goes.
  reserve.mockImplementationOnce(async () => {
    await first
    return { waitMs: 0 }
  })
  await Promise.all([first, exchange()])
  const [refused = 0, next = 0] = server.seen.map(({ at }) => at)
  expect(next - refused).toBeGreaterThanOrEqual(950)
})

test.each([
  ['nothing remaining', 200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '0' }],
  ['429', 429, { 'retry-after': '0' }],
])('%s, over at once, is told to other processes as a pause', async (_, status, headers) => {
  const store = new SharedLimits()
  const paused = vi.spyOn(store, 'pause')
  const reply: Reply = (response) => json(response, status, goodAnswer, headers)
  const { exchange, seen } = await setUp(reply, { limitStore: store })
  await exchange().catch(() => {})
  await exchange().catch(() => {})
  expect(seen().tokens).toBe(2)
  expect(paused).not.toHaveBeenCalled()
})

test('a short pause that was asked for during a long one ends it', async () => {
  const clock = fakeClock()
  const seconds = ['3600', '1']
  const { exchange, server } = await setUp(
    (response) => json(response, 429, {}, { 'retry-after': seconds.shift() ?? '1' }),
    { clock, requestsPerSecond: false },
  )
  expect(await Promise.all([errorOf(exchange()), errorOf(exchange())])).toMatchObject([
    { code: 'rate_limited' },
    { code: 'rate_limited' },
  ])
  clock.advance(55 * 60_000)
  expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 300 })
  expect(server.seen).toHaveLength(2)
})

test('a pause that another process was asked for is not heard of, or its requests are not counted', async () => {
  const store = new SharedLimits()
  const options = { requestsPerSecond: 5, limitStore: store }
  let refusing = false
  const one = await setUp((response, seen, index) => {
    if (refusing) json(response, 429, {}, { 'retry-after': '3600' })
    else platform()(response, seen, index)
  }, options)
  const other = start(one.server, options)
  const stranger = start(one.server, { ...options, clientId: 'client-2' })
  const from = performance.now()
  await one.exchange()
  await other.exchange()
  expect((one.server.seen.at(-1)?.at ?? 0) - from).toBeGreaterThanOrEqual(190)
  refusing = true
  await errorOf(one.exchange())
  const sent = one.server.seen.length
  const told = await errorOf(other.exchange())
  expect(told).toMatchObject({ code: 'rate_limited' })
  expect(told.retryAfterSeconds).toBeGreaterThan(3_590)
  expect(one.server.seen).toHaveLength(sent)
  refusing = false
  expect(await stranger.exchange()).toMatchObject({ accessToken: 'token' })
  for (const key of store.keys) expect(key).toMatch(/^[0-9a-f]{64}$/)
})

test('a name in a shared store can be found by guessing the client id although names have a key', async () => {
  const names = new Set<string>()
  for (const cacheNameKey of [undefined, 'a1'.repeat(32), 'b2'.repeat(32)]) {
    const store = new SharedLimits()
    const { exchange } = await setUp(platform(), { baseUrl, limitStore: store, cacheNameKey, fetch: granted })
    await exchange()
    expect(store.keys.size).toBe(1)
    for (const key of store.keys) names.add(key)
  }
  expect(names.size).toBe(3)
})

test('a slot that comes when no answer can any longer is taken, and costs the platform a request', async () => {
  const still = { now: () => Date.UTC(2026, 10, 22), monotonic: () => 0 }
  const fetch = vi.fn(granted)
  const options = { clock: still, fetch, requestsPerSecond: 1, timeouts: { exchangeMs: 1_050 } }
  const { exchange } = await setUp(platform(), options)
  await exchange()
  expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 })
  expect(fetch).toHaveBeenCalledTimes(1)
})
