import { expect, test } from 'vitest'
import { createUpstreamBudget, type UpstreamBudget } from '../../src/limits/upstream-budget.js'
import { type FakeClock, fakeClock } from '../fake-clock.js'

function setUp(): { clock: FakeClock; budget: UpstreamBudget; isHeld(ms: number): boolean } {
  const clock = fakeClock()
  const budget = createUpstreamBudget({
    settings: {
      baseUrl: new URL('https://platform.example/'),
      cacheNameKey: undefined,
      clock,
      requestsPerSecond: 25,
      limitStore: undefined,
      timeouts: { cacheMs: 250 },
    },
    observer: { emit: () => {} },
  })
  /** Whether no token can be asked for within that time. */
  const isHeld = (ms: number): boolean => {
    try {
      budget.pauses('client-1', ms)
      return false
    } catch {
      return true
    }
  }
  return { clock, budget, isHeld }
}

const head = (status: number, headers: Record<string, string>): Pick<Response, 'status' | 'headers'> => ({
  status,
  headers: new Headers(headers),
})

const heads = [
  head(429, { 'retry-after': '3600' }),
  head(429, { 'retry-after': '99999999999999999999' }),
  head(429, {}),
  head(200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '86400' }),
  head(503, { 'x-ratelimit-remaining-second': '0' }),
]

test.each(heads)('a REST answer (%j) holds requests for tokens back for more than its second', (answer) => {
  const { clock, budget, isHeld } = setUp()
  budget.heedRest('client-1', answer)
  expect(isHeld(1_000)).toBe(true)
  expect(isHeld(1_001)).toBe(false)
  clock.advance(1_000)
  expect(isHeld(1)).toBe(false)
})

test.each([
  ...['0', '-1', '1e9', '2', 'soon', '', '99999999999999999999, 1', new Date(9e12).toUTCString()].map(
    (value) => head(429, { 'retry-after': value }),
  ),
  head(200, { 'ratelimit-remaining': '0', 'ratelimit-reset': 'never' }),
  head(200, { 'ratelimit-remaining': '-5', 'ratelimit-reset': '99999999999999999999' }),
])('an odd REST answer (%#) holds requests for tokens back for more than a second', (answer) => {
  const { budget, isHeld } = setUp()
  budget.heedRest('client-1', answer)
  expect(isHeld(1_001)).toBe(false)
})

test('REST answers one after the other hold requests for tokens back for ever', () => {
  const { clock, budget, isHeld } = setUp()
  const [answer = head(429, {})] = heads
  const held: boolean[] = []
  for (let at = 0; at < 6_000; at += 250) {
    budget.heedRest('client-1', answer)
    held.push(isHeld(1))
    clock.advance(250)
  }
  const second = (value: boolean): boolean[] => Array<boolean>(4).fill(value)
  expect(held).toEqual([true, false, true, false, true, false].flatMap(second))
})

test('what a REST answer says of the limit slows requests for tokens down for long', async () => {
  const { clock, budget } = setUp()
  const [answer = head(429, {})] = heads
  budget.heedRest('client-1', answer)
  clock.advance(2_000)
  for (let sent = 0; sent < 100; sent += 1) budget.count('client-1')
  const { signal } = new AbortController()
  // The debt of REST calls is a second at most, and the rate is the whole one.
  await budget.waitForSlot('client-1', { arrivedAt: clock.monotonic(), leftMs: () => 1_100, signal })
})

test('those who have been held once are held again while they wait', async () => {
  const { clock, budget, isHeld } = setUp()
  const [answer = head(429, {})] = heads
  budget.heedRest('client-1', answer)
  const leaving = new AbortController()
  const turn = { arrivedAt: clock.monotonic(), leftMs: () => 15_000, signal: leaving.signal }
  const waiting = budget.waitForSlot('client-1', turn)
  clock.advance(2_000)
  budget.heedRest('client-1', answer)
  expect(isHeld(1)).toBe(false)
  leaving.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  budget.heedRest('client-1', answer)
  expect(isHeld(1)).toBe(true)
})

test('a REST answer that asks for no time at all keeps the next from holding requests for tokens back', () => {
  const { budget, isHeld } = setUp()
  budget.heedRest('client-1', head(429, { 'retry-after': '0' }))
  expect(isHeld(1)).toBe(false)
  budget.heedRest('client-1', head(429, { 'retry-after': '3600' }))
  expect(isHeld(1_000)).toBe(true)
})
