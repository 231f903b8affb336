import { expect, test } from 'vitest'
import { RateLimitedError } from '../../src/errors.js'
import type { Clock } from '../../src/lib/clock.js'
import { type Turn, WaitingLine } from '../../src/limits/waiting-line.js'
import { fakeClock } from '../fake-clock.js'
import { errorOf } from '../token-endpoint/set-up.js'

interface Rig {
  line: WaitingLine
  /** Who was admitted, in order. */
  admitted: string[]
  enter(name: string, options?: { until?: number; signal?: AbortSignal }): Promise<void>
}

/** All have the same time: who may wait until then arrived that much earlier or later. */
function turnUntil(at: number, clock: Clock): Pick<Turn, 'arrivedAt' | 'leftMs'> {
  return { arrivedAt: at, leftMs: () => at - clock.monotonic() }
}

/** A line whose slots come when the test says so. */
function setUp(
  reserve: (withinMs: number) => Promise<number>,
  clock: Clock = fakeClock(),
  stoppedMs: () => number = () => 0,
): Rig {
  const admitted: string[] = []
  const line = new WaitingLine({
    clock,
    slackMs: 1_000,
    counter: {
      stoppedMs,
      reserve,
      tooLate: (ms) => new RateLimitedError('too late', { retryAfterSeconds: Math.ceil(ms / 1_000) }),
    },
  })
  return {
    line,
    admitted,
    enter: async (name, { until = 60_000, signal = new AbortController().signal } = {}) => {
      await line.enter({ ...turnUntil(until, clock), signal })
      admitted.push(name)
    },
  }
}

/** Slots that are given one by one. */
function slots(): { reserve: () => Promise<number>; give(): Promise<void>; asked(): number } {
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
  const { reserve, give } = slots()
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

test('who comes back after a 429 stands behind those who arrived later, and its time runs out', async () => {
  const { reserve, give } = slots()
  const { enter, admitted } = setUp(reserve)
  const arrived = [30_000, 40_000, 20_000, 30_000, 10_000]
  const line = arrived.map((until, index) => enter(`${index}`, { until }))
  for (const _ of arrived) await give()
  await Promise.all(line)
  expect(admitted).toEqual(['4', '2', '0', '3', '1'])
})

test('who comes back stands behind those who arrived in the same moment', async () => {
  const { reserve, give } = slots()
  const { enter, line, admitted } = setUp(reserve)
  const arrived = [enter('first'), enter('second')]
  const { signal } = new AbortController()
  const back = line.enter({ ...turnUntil(60_000, fakeClock()), signal, returning: true })
  const came = back.then(() => admitted.push('back'))
  for (let given = 0; given < 3; given += 1) await give()
  await Promise.all([...arrived, came])
  expect(admitted).toEqual(['back', 'first', 'second'])
})

test('the slot that was reserved for one who gives up is lost to those behind', async () => {
  const { reserve, give, asked } = slots()
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
  const { reserve, give } = slots()
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

test('those whose time is too short keep those who can wait from the slot', async () => {
  const { enter, admitted } = setUp(async () => 30)
  const [hasty, patient] = [enter('hasty', { until: 20 }), enter('patient', { until: 5_000 })]
  expect(await errorOf(hasty)).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 })
  await patient
  expect(admitted).toEqual(['patient'])
})

test('what goes wrong while the line is served leaves those in it waiting', async () => {
  const { enter, line } = setUp(() => Promise.reject(new Error('no slot at all')))
  await expect(enter('first')).rejects.toThrow('no slot at all')
  await expect(enter('second')).rejects.toThrow('no slot at all')
  expect(line.length).toBe(0)
})

test('a slot that was reserved before a stop is used after it, or during it', async () => {
  // What is said of a stop: none, then one that began while the slot was waited for, then none again.
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
  const { reserve, give } = slots()
  const { enter, admitted } = setUp(reserve, clock)
  // Asked for a slot, and never heard of again: what a worker runtime does to work that outlives its request.
  const first = enter('first')
  clock.advance(1_001)
  const second = enter('second')
  await give()
  await give()
  await give()
  await Promise.all([first, second])
  expect(admitted).toEqual(['first', 'second'])
})

test('who sleeps until a slot is free is taken for stopped, and the slot is reserved once more', async () => {
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

test('a slot is reserved that is too far ahead for everybody in line', async () => {
  const within: number[] = []
  const { enter } = setUp(async (withinMs) => {
    within.push(withinMs)
    return 30_000
  })
  const line = [enter('first', { until: 10 }), enter('second', { until: 20 })]
  for (const one of line) expect(await errorOf(one)).toMatchObject({ code: 'rate_limited' })
  expect(within[0]).toBeLessThanOrEqual(20)
})

test('who comes when its time is over is refused although a slot is free, or who waited that long is not', async () => {
  const clock = fakeClock()
  let answerMs = 0
  const { enter, admitted } = setUp(async () => {
    clock.advance(answerMs)
    return 0
  }, clock)
  await enter('late', { until: -1 })
  answerMs = 50
  const [hasty, patient] = [enter('hasty', { until: 20 }), enter('patient', { until: 500 })]
  expect(await errorOf(hasty)).toMatchObject({ code: 'rate_limited' })
  await patient
  expect(admitted).toEqual(['late', 'patient'])
})

/** One who waits for as long as its time says. */
function waiter(line: WaitingLine, leftMs: () => number): Promise<string> {
  const { signal } = new AbortController()
  return line.enter({ arrivedAt: 0, leftMs, signal }).then(
    () => 'admitted',
    ({ message }: Error) => message,
  )
}

test('a slot that was too far ahead to be reserved is used, as one has more time than who came last', async () => {
  const asked: number[] = []
  const { line } = setUp(async (withinMs) => {
    asked.push(withinMs)
    return asked.length === 1 ? 0 : 40
  })
  const three = [1_000, 30, 10].map((ms) => waiter(line, () => ms))
  expect(await Promise.all(three)).toEqual(['admitted', 'too late', 'too late'])
  expect(asked).toEqual([1_000, 30])
})

test('a slot that was not reserved is used by one whose time is counted anew meanwhile', async () => {
  let leftMs = 30
  const asked: number[] = []
  const { line } = setUp(async (withinMs) => {
    asked.push(withinMs)
    leftMs = 100
    return asked.length === 1 ? 40 : 0
  })
  expect(await waiter(line, () => leftMs)).toBe('admitted')
  expect(asked).toEqual([30, 100])
})

test('those whose requests have died in line are counted as ahead, and use slots up', async () => {
  let asked = 0
  const { line } = setUp(async () => {
    asked += 1
    return asked === 1 ? 10 : 0
  })
  let leftMs = 1_000
  const dead = Array.from({ length: 50 }, () => waiter(line, () => leftMs))
  leftMs = -1
  expect(line.ahead({ arrivedAt: 1 })).toBe(0)
  const alive = waiter(line, () => 1_000)
  expect(await alive).toBe('admitted')
  expect(new Set(await Promise.all(dead))).toEqual(new Set(['too late']))
  expect(asked).toBe(1)
})
