import { expect, test } from 'vitest'
import { RateLimitedError } from '../../src/errors.js'
import type { Clock } from '../../src/lib/clock.js'
import { createLine, type Line } from '../../src/limits/waiting-line.js'
import { fakeClock } from '../fake-clock.js'
import { errorOf } from '../token-endpoint/set-up.js'

interface Rig {
  line: Line
  /** Who was admitted, in order. */
  admitted: string[]
  enter(name: string, options?: { until?: number; signal?: AbortSignal }): Promise<void>
}

/** A line whose places come when the test says so. */
function setUp(
  reserve: (withinMs: number) => Promise<number>,
  clock: Clock = fakeClock(),
  stoppedMs: () => number = () => 0,
): Rig {
  const admitted: string[] = []
  const line = createLine({
    clock,
    slackMs: 1_000,
    stoppedMs,
    reserve,
    tooLate: (ms) => new RateLimitedError('too late', { retryAfterSeconds: Math.ceil(ms / 1_000) }),
  })
  return {
    line,
    admitted,
    enter: async (name, { until = 60_000, signal = new AbortController().signal } = {}) => {
      await line.enter({ until, signal })
      admitted.push(name)
    },
  }
}

/** Places that are given one by one. */
function places(): { reserve: () => Promise<number>; give(): Promise<void>; asked(): number } {
  const asked: ((ms: number) => void)[] = []
  let given = 0
  return {
    reserve: () => new Promise((resolve) => void asked.push(resolve)),
    async give() {
      await expect.poll(() => asked.length).toBeGreaterThan(given)
      asked[given++]?.(0)
    },
    asked: () => asked.length,
  }
}

test('who gives up in the middle lets those behind pass those in front', async () => {
  const { reserve, give } = places()
  const { enter, admitted, line } = setUp(reserve)
  const leaving = new AbortController()
  const first = enter('first')
  const second = enter('second')
  const left = enter('left', { signal: leaving.signal })
  const last = enter('last')
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  expect(line.length).toBe(3)
  for (const one of [first, second, last]) {
    await give()
    await one
  }
  expect(admitted).toEqual(['first', 'second', 'last'])
})

test('the place that was reserved for one who gives up is lost to those behind', async () => {
  const { reserve, give, asked } = places()
  const { enter, admitted } = setUp(reserve)
  const leaving = new AbortController()
  const left = enter('left', { signal: leaving.signal })
  const behind = enter('behind')
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  await give()
  await behind
  expect(admitted).toEqual(['behind'])
  expect(asked()).toBe(1)
})

test('a line that everybody has left serves nobody who comes later', async () => {
  const { reserve, give } = places()
  const { enter, admitted } = setUp(reserve)
  const leaving = new AbortController()
  const left = enter('left', { signal: leaving.signal })
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  const later = enter('later')
  await give()
  await give()
  await later
  expect(admitted).toEqual(['later'])
})

test('those whose time is too short keep those who can wait from the place', async () => {
  const { enter, admitted } = setUp(async () => 30)
  const [hasty, patient] = [enter('hasty', { until: 20 }), enter('patient', { until: 5_000 })]
  expect(await errorOf(hasty)).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 })
  await patient
  expect(admitted).toEqual(['patient'])
})

test('what goes wrong while the line is served leaves those in it waiting', async () => {
  const { enter, line } = setUp(() => Promise.reject(new Error('no place at all')))
  await expect(enter('first')).rejects.toThrow('no place at all')
  await expect(enter('second')).rejects.toThrow('no place at all')
  expect(line.length).toBe(0)
})

test('a place that was reserved before a stop is used after it, or during it', async () => {
  // What is said of a stop: none, then one that began while the place was waited for, then none again.
  const stops = [0, 20, 20]
  let reserved = 0
  const reserve = async (): Promise<number> => {
    reserved += 1
    return 10
  }
  const { enter } = setUp(reserve, fakeClock(), () => stops.shift() ?? 0)
  await enter('first')
  expect(stops).toEqual([])
  expect(reserved).toBe(2)
})

test('who served the line was stopped with its request, and nobody is served any more', async () => {
  const clock = fakeClock()
  const { reserve, give } = places()
  const { enter, admitted } = setUp(reserve, clock)
  // Asked for a place, and never heard of again: what a worker runtime does to work that outlives its request.
  const first = enter('first')
  clock.advance(1_001)
  const second = enter('second')
  await give()
  await give()
  await give()
  await Promise.all([first, second])
  expect(admitted).toEqual(['first', 'second'])
})

test('who sleeps until a place is free is taken for stopped, and the place is reserved once more', async () => {
  const clock = fakeClock()
  let reserved = 0
  const { enter } = setUp(async () => {
    reserved += 1
    return 5_000
  }, clock)
  const leaving = new AbortController()
  const { signal } = leaving
  const first = enter('first', { signal })
  await expect.poll(() => reserved).toBe(1)
  clock.advance(5_500)
  const second = enter('second', { signal })
  leaving.abort(new Error('left'))
  await expect(Promise.all([first, second])).rejects.toThrow('left')
  expect(reserved).toBe(1)
})

test('those in line are refused because who served it before was stopped in its sleep', async () => {
  const clock = fakeClock()
  const waits = [5_000, 0, 0]
  const { enter, admitted } = setUp(async () => waits.shift() ?? 0, clock)
  const first = enter('first')
  await expect.poll(() => waits.length).toBe(2)
  clock.advance(6_001)
  const second = enter('second')
  await Promise.all([first, second])
  expect(admitted).toEqual(['first', 'second'])
})

test('a place is reserved that is too far ahead for everybody in line', async () => {
  const within: number[] = []
  const { enter } = setUp(async (withinMs) => {
    within.push(withinMs)
    return 30_000
  })
  const line = [enter('first', { until: 10 }), enter('second', { until: 20 })]
  for (const one of line) expect(await errorOf(one)).toMatchObject({ code: 'rate_limited' })
  expect(within[0]).toBeLessThanOrEqual(20)
})
