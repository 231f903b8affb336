import { readFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { standStill } from '../../../../conformance/src/stand-still.js'
import { createRequestSlots } from '../../src/limits/request-slots.js'
import { createSharedRequestSlots } from '../../src/limits/shared-request-slots.js'
import { createStoreAccess } from '../../src/limits/store-access.js'
import { fakeClock } from '../fake-clock.js'
import { json, type Reply } from '../token-endpoint/scripted-server.js'
import { goodAnswer } from '../token-endpoint/set-up.js'
import { platform, setUp } from './set-up.js'
import { SharedLimits } from './shared-limits.js'

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
  const from = performance.now()
  await Promise.all(Array.from({ length: 6 }, exchange))
  // Two of them by the whole rate, the others by a quarter of it: nobody knows how many processes go on alone.
  expect(Math.max(...server.seen.map(({ at }) => at)) - from).toBeGreaterThanOrEqual(650)
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

test('a process that stood still takes its own slowness for the store’s, and goes on alone', async () => {
  let asked = (): void => {}
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const store = new SharedLimits()
  store.failure = async () => {
    asked()
    for (let reads = 0; reads < 3; reads += 1) await readFile(new URL(import.meta.url))
    return undefined as never
  }
  const { events, exchange } = await setUp(platform(), { limitStore: store, timeouts: { cacheMs: 500 } })
  const token = exchange()
  await wasAsked
  standStill(1_000)
  expect(await token).toMatchObject({ accessToken: 'token' })
  expect(events.filter(({ type }) => type === 'cache_failure')).toEqual([])
})

test('a store of limits that fails now and then, and is told of pauses between, is left alone', async () => {
  const clock = fakeClock()
  const store = new SharedLimits(clock)
  const reply: Reply = (response) =>
    json(response, 200, goodAnswer, { 'ratelimit-remaining': '0', 'ratelimit-reset': '0.1' })
  const { exchange } = await setUp(reply, { clock, requestsPerSecond: 1_000, limitStore: store })
  const reserve = vi.spyOn(store, 'reserve')
  for (const times of [1, 2, 3]) {
    reserve.mockRejectedValueOnce(new Error('down'))
    await exchange()
    expect(reserve).toHaveBeenCalledTimes(times)
    clock.advance(100)
  }
})

test('a pause that a store has not heard is told for ever, or ends the process where the clock throws', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const clock = fakeClock()
    const store = new SharedLimits(clock)
    const told = vi.spyOn(store, 'pause').mockRejectedValue(new Error('down'))
    const ahead = createSharedRequestSlots({
      store,
      clock,
      own: createRequestSlots(clock),
      access: createStoreAccess({ ms: 1_000, monotonic: clock.monotonic }),
    })
    ahead.pause('client', 3_000)
    ahead.pause('client', 2_000)
    for (let second = 0; second < 10; second += 1) {
      clock.advance(1_000)
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(told).toHaveBeenCalledTimes(3)
    ahead.pause('client', 3_000)
    vi.spyOn(clock, 'monotonic').mockImplementation(() => {
      throw new Error('the clock is gone')
    })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told).toHaveBeenCalledTimes(4)
  } finally {
    vi.useRealTimers()
  }
})
