import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import {
  createTesouroTokens,
  isTesouroTokensError,
  type LimitStore,
  type TesouroTokens,
  type TesouroTokensOptions,
  unsecuredSubjectToken,
} from '../../src/index.js'
import { granted, settled } from './set-up.js'
import { SharedLimits } from './shared-limits.js'

// A store that answers, and takes its time, by simulated timers: what becomes of the rate depends on no machine.

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
/** For how long the process has stood still, while no timer ran. */
let stoodStill = 0
const clock = { now: () => Date.now(), monotonic: () => performance.now() + stoodStill }

/** What happened, in order, by simulated time. */
let log: { what: 'reserve' | 'pause' | 'sent'; at: number }[]
let store: LimitStore
/** The head of the platform's answers, but for their body. */
let reply: () => Promise<Response>
const note = (what: (typeof log)[number]['what']): unknown => log.push({ what, at: performance.now() })
const times = (what: (typeof log)[number]['what']): number[] =>
  log.filter((one) => one.what === what).map(({ at }) => at)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  log = []
  stoodStill = 0
  reply = granted
})

function answeringAfter(ms: number): void {
  const limits = new SharedLimits()
  const slowly = async <Result>(what: 'reserve' | 'pause', work: () => Promise<Result>): Promise<Result> => {
    note(what)
    await wait(ms / 2)
    const answer = await work()
    await wait(ms / 2)
    return answer
  }
  store = {
    reserve: (...given) => slowly('reserve', () => limits.reserve(...given)),
    pause: (...given) => slowly('pause', () => limits.pause(...given)),
    count: (...given) => limits.count(...given),
  }
}

function start(options: Partial<TesouroTokensOptions> = {}): TesouroTokens {
  const tokens = createTesouroTokens({
    baseUrl: 'https://platform.example',
    clientId: 'client-1',
    clientSecret: 'secret',
    subjectToken: unsecuredSubjectToken(),
    retry: false,
    clock,
    requestsPerSecond: 25,
    limitStore: store,
    fetch: async () => {
      note('sent')
      await wait(20)
      return reply()
    },
    ...options,
  })
  onTestFinished(() => tokens.close())
  return tokens
}

/** A first call of so many users at once: what became of each, and when. */
const callsOf = (tokens: TesouroTokens, users: number): Promise<{ error: unknown; at: number }[]> =>
  Promise.all(
    Array.from({ length: users }, async (_, n) => {
      const call = tokens.getUserAccessToken({ sub: `user-${n}`, email: 'user@bank.example' })
      const error = await call.then(
        () => undefined,
        (error: unknown) => error,
      )
      return { error, at: performance.now() }
    }),
  )

const mostWithin = (ms: number, at: number[]): number =>
  Math.max(...at.map((first) => at.filter((one) => one >= first && one < first + ms).length))

test.each([
  [100, 1],
  [200, 1],
  [100, 2],
  [200, 3],
])(
  'a store that takes %i ms for each answer limits %i processes by its slowness, or not at all',
  async (ms, size) => {
    answeringAfter(ms)
    const fleet = Array.from({ length: size }, () => start())
    const outcomes = (await settled(Promise.all(fleet.map((tokens) => callsOf(tokens, 200 / size))))).flat()
    expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([])
    const sent = times('sent')
    const seconds = ((sent.at(-1) ?? 0) - (sent[0] ?? 0)) / 1_000
    expect(sent.length / seconds).toBeGreaterThan(0.8 * 25)
    // The platform allows 30. Processes hear of their slots half an answer late.
    expect(mostWithin(1_000, sent)).toBeLessThanOrEqual(25 + size)
  },
)

test('a store that answers fast is asked for several slots at once', async () => {
  answeringAfter(18)
  await settled(callsOf(start(), 20))
  expect(times('reserve')).toHaveLength(20)
})

test('slots that were reserved together before a pause are used after it', async () => {
  answeringAfter(100)
  let answers = 0
  reply = async () => {
    answers += 1
    return answers === 4 ? Response.json({}, { status: 429, headers: { 'retry-after': '0.1' } }) : granted()
  }
  const outcomes = await settled(callsOf(start(), 10))
  expect(outcomes.filter(({ error }) => error !== undefined)).toHaveLength(1)
  const order = log.map(({ what }) => what)
  expect(order.slice(0, order.indexOf('pause')).filter((what) => what === 'reserve')).toHaveLength(2)
  expect(order[order.indexOf('pause') + 1]).toBe('reserve')
})

test('slots that were reserved together are used at the rate of before the platform has refused one', async () => {
  answeringAfter(100)
  let answers = 0
  reply = async () => {
    answers += 1
    return answers === 2 ? Response.json({}, { status: 429, headers: { 'retry-after': '0' } }) : granted()
  }
  await settled(callsOf(start(), 12))
  const sent = times('sent')
  const distances = sent.slice(3).map((at, index) => at - (sent[index + 2] ?? 0))
  for (const distance of distances) expect(distance).toBeGreaterThan(70)
})

test('a process that stood still sends all at once what it had reserved together', async () => {
  answeringAfter(100)
  let answers = 0
  reply = async () => {
    answers += 1
    if (answers === 3) stoodStill = 250
    return granted()
  }
  await settled(callsOf(start(), 12))
  expect(mostWithin(20, times('sent'))).toBeLessThanOrEqual(2)
})

test('calls that cannot have their turn in time are told so when their time is over', async () => {
  answeringAfter(200)
  const tokens = start()
  // From then on it is known how long the store takes.
  await settled(tokens.getAppAccessToken())
  const from = performance.now()
  const outcomes = await settled(callsOf(tokens, 400))
  const refused = outcomes.filter(({ error }) => isTesouroTokensError(error, 'rate_limited'))
  expect(outcomes.length - refused.length).toBeGreaterThan(270)
  expect(refused.length).toBe(outcomes.filter(({ error }) => error !== undefined).length)
  // Two answers of the store decide about the last few.
  expect(refused.filter(({ at }) => at > from + 1_000).length).toBeLessThan(10)
})

test('who has waited for a slot until its time is over takes it, and is told that the platform gave no token', async () => {
  answeringAfter(950)
  const tokens = start({ timeouts: { cacheMs: 5_000, exchangeMs: 1_000 } })
  reply = async () => {
    await wait(1_000)
    return granted()
  }
  const [outcome] = await settled(callsOf(tokens, 1))
  expect(outcome?.error).toMatchObject({ code: 'rate_limited' })
  expect(times('sent')).toEqual([])
})
