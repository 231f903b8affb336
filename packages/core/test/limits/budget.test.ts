import { readFile } from 'node:fs/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  createTesouroTokens,
  type TesouroTokens,
  type TesouroTokensEvent,
  type TesouroTokensOptions,
  unsecuredSubjectToken,
} from '../../src/index.js'
import { fakeClock } from '../fake-clock.js'
import { json, type Reply, type ScriptedServer, startServer } from '../token-endpoint/scripted-server.js'
import { errorOf } from '../token-endpoint/set-up.js'
import { SharedLimits } from './shared-limits.js'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** Tokens for whoever asks; REST calls get 200 with these headers, or what `rest` says. */
const platform = (rest: Reply = (response) => json(response, 200, {})): Reply => {
  return (response, seen, index) => {
    if (!seen.path.startsWith('/openid')) return rest(response, seen, index)
    json(response, 200, {
      access_token: 'token',
      token_type: 'Bearer',
      expires_in: 3_600,
      issued_token_type: accessTokenType,
    })
  }
}

const baseUrl = 'https://platform.example'
const granted = async (): Promise<Response> =>
  Response.json({ access_token: 'token', token_type: 'Bearer', issued_token_type: accessTokenType })

interface Rig {
  server: ScriptedServer
  tokens: TesouroTokens
  events: TesouroTokensEvent[]
  /** Asks for a token of somebody new. */
  exchange(): Promise<unknown>
  rest(): Promise<Response>
  /** Requests of each kind that have arrived. */
  seen(): { tokens: number; rest: number }
}

async function setUp(reply: Reply, options: Partial<TesouroTokensOptions> = {}): Promise<Rig> {
  const server = await startServer(reply)
  onTestFinished(() => server.close())
  return { server, ...start(server, options) }
}

/** One more process. */
function start(server: ScriptedServer, options: Partial<TesouroTokensOptions>): Omit<Rig, 'server'> {
  const events: TesouroTokensEvent[] = []
  const tokens = createTesouroTokens({
    baseUrl: server.url.href,
    clientId: 'client-1',
    clientSecret: 'secret',
    subjectToken: unsecuredSubjectToken(),
    retry: false,
    onEvent: (event) => events.push(event),
    ...options,
  })
  onTestFinished(() => tokens.close())
  let users = 0
  return {
    tokens,
    events,
    exchange() {
      users += 1
      return tokens.getUserAccessToken({ sub: `user-${users}`, email: 'user@bank.example' })
    },
    rest: () => tokens.fetchAsApp('/accounts'),
    seen() {
      const count = server.seen.filter(({ path }) => path.startsWith('/openid')).length
      return { tokens: count, rest: server.seen.length - count }
    },
  }
}

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
  const { tokens, rest, exchange, seen } = await setUp(platform(), { requestsPerSecond: 1 })
  await tokens.getAppAccessToken()
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
    timeouts: { exchangeMs: 4_000 },
  })
  await tokens.getAppAccessToken()
  await Promise.all(Array.from({ length: 100 }, rest))
  expect(await exchange()).toMatchObject({ accessToken: 'token' })
})

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
    const options = { limitStore: store, timeouts: { exchangeMs: 4_000 } }
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
  const { server, exchange } = await setUp(
    (response, seen, index) => {
      if (index === 0) json(response, 429, {}, { 'retry-after': '1' })
      else platform()(response, seen, index)
    },
    { requestsPerSecond: 4 },
  )
  const first = errorOf(exchange())
  await Promise.all([first, exchange()])
  const [refused = 0, next = 0] = server.seen.map(({ at }) => at)
  expect(next - refused).toBeGreaterThanOrEqual(950)
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
  await one.exchange()
  const from = performance.now()
  await other.exchange()
  expect((one.server.seen.at(-1)?.at ?? 0) - from).toBeGreaterThanOrEqual(150)
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

const never = (): Promise<never> => new Promise(() => {})

test.each<[name: string, reason: string, broken: (store: SharedLimits) => void]>([
  [
    'rejects',
    'rejected',
    (store) => Object.assign(store, { failure: () => Promise.reject(new Error('down')) }),
  ],
  [
    'throws',
    'rejected',
    (store) =>
      Object.assign(store, {
        reserve: () => {
          throw new Error('down')
        },
      }),
  ],
  ['hangs', 'timeout', (store) => Object.assign(store, { failure: never })],
  ['answers nothing', 'unreadable', (store) => Object.assign(store, { garbage: null })],
  ['answers text', 'unreadable', (store) => Object.assign(store, { garbage: { waitMs: '1' } })],
  ['answers no number', 'unreadable', (store) => Object.assign(store, { garbage: { waitMs: Number.NaN } })],
  ['answers an eternity', 'unreadable', (store) => Object.assign(store, { garbage: { waitMs: 1e12 } })],
  ['answers a time gone by', 'unreadable', (store) => Object.assign(store, { garbage: { waitMs: -1 } })],
])('a store of limits that %s fails calls, or lifts the limit', async (_, reason, broken) => {
  const store = new SharedLimits()
  broken(store)
  const { exchange, events, server } = await setUp(platform(), {
    requestsPerSecond: 20,
    limitStore: store,
    timeouts: { cacheMs: 50 },
  })
  await Promise.all(Array.from({ length: 6 }, exchange))
  const times = server.seen.map(({ at }) => at).sort((a, b) => a - b)
  // Two of them by the whole rate, the others by a quarter of it: nobody knows how many processes go on alone.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(650)
  expect(events).toContainEqual({ type: 'cache_failure', operation: 'limit', reason })
})

test('a store of limits that hangs holds up REST calls', async () => {
  const store = new SharedLimits()
  const { rest, tokens } = await setUp(platform(), {
    requestsPerSecond: 25,
    limitStore: store,
    timeouts: { cacheMs: 60_000 },
  })
  await tokens.getAppAccessToken()
  store.failure = never
  expect(await Promise.all([rest(), rest(), rest()])).toHaveLength(3)
})

test('a store of limits that has failed is asked all the time, or never again', async () => {
  const clock = fakeClock()
  const store = new SharedLimits(clock)
  let asked = 0
  const options = {
    clock,
    requestsPerSecond: 1_000,
    limitStore: {
      reserve: (...given: Parameters<SharedLimits['reserve']>) => {
        asked += 1
        return store.reserve(...given)
      },
      pause: async () => {},
      count: async () => ({ waitMs: 0 }),
    },
  }
  const { exchange, events } = await setUp(platform(), options)
  store.failure = () => Promise.reject(new Error('down'))
  for (const times of [1, 2, 2, 2]) {
    await exchange()
    expect(asked).toBe(times)
  }
  clock.advance(500)
  for (const times of [3, 3]) {
    await exchange()
    expect(asked).toBe(times)
  }
  store.failure = undefined
  clock.advance(500)
  for (const times of [4, 5]) {
    await exchange()
    expect(asked).toBe(times)
  }
  expect(events.filter(({ type }) => type === 'cache_failure')).toHaveLength(3)
})

test('a store of limits that fails now and then is left alone as if it failed all the time', async () => {
  const clock = fakeClock()
  const store = new SharedLimits(clock)
  const { exchange } = await setUp(platform(), { clock, requestsPerSecond: 1_000, limitStore: store })
  const down = (): Promise<never> => Promise.reject(new Error('down'))
  for (const failure of [down, undefined, down, undefined]) {
    store.failure = failure
    store.keys.clear()
    await exchange()
    expect(store.keys.size).toBe(1)
  }
})

test('a slot that comes when no answer can any longer is taken, and costs the platform a request', async () => {
  const still = { now: () => Date.UTC(2026, 10, 22), monotonic: () => 0 }
  const options = { clock: still, requestsPerSecond: 1, timeouts: { exchangeMs: 1_050 } }
  const { exchange, server } = await setUp(platform(), options)
  await exchange()
  expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 })
  expect(server.seen).toHaveLength(1)
})

test('a process that stood still takes its own slowness for the store’s, and goes on alone', async () => {
  let asked = (): void => {}
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const store = new SharedLimits()
  store.failure = async () => {
    asked()
    for (let reads = 0; reads < 5; reads += 1) await readFile(new URL(import.meta.url))
    return undefined as never
  }
  const { events, exchange } = await setUp(platform(), { limitStore: store, timeouts: { cacheMs: 100 } })
  const token = exchange()
  await wasAsked
  const until = performance.now() + 500
  while (performance.now() < until);
  expect(await token).toMatchObject({ accessToken: 'token' })
  expect(events.filter(({ type }) => type === 'cache_failure')).toEqual([])
})
