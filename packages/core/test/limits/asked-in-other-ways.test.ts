import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { Clock } from '../../src/index.js'
import { errorOf } from '../token-endpoint/set-up.js'
import { setUp } from './set-up.js'

// The platform's clock stands, so that a date means the same however long a test takes.
const platformNow = Date.UTC(2026, 10, 22)
const dated = (seconds: number): string => new Date(platformNow + seconds * 1_000).toUTCString()
const aheadBy = (seconds: number): Clock => ({
  now: () => platformNow + seconds * 1_000,
  monotonic: () => performance.now(),
})

const tooMany =
  (headers: Record<string, string | string[]>) =>
  (response: ServerResponse): void => {
    response.writeHead(429, { date: dated(0), ...headers }).end()
  }

test.each<[name: string, headers: Record<string, string | string[]>, ahead: number]>([
  ['two headers', { 'retry-after': ['20', '20'] }, 0],
  ['two headers that differ', { 'retry-after': ['3', '20'] }, 0],
  ['a date, to a clock that is 30 s ahead', { 'retry-after': dated(20) }, 30],
  ['a date, to a clock that is 15 s ahead', { 'retry-after': dated(20) }, 15],
  ['a date, to a clock that is 300 s behind', { 'retry-after': dated(20) }, -300],
  ['two dates', { 'retry-after': [dated(3), dated(20)] }, 0],
  ['a number in quotes', { 'retry-after': '"20"' }, 0],
  ['a number with a sign', { 'retry-after': '+20' }, 0],
  ['a number with a point', { 'retry-after': '20.' }, 0],
])('20 s that a 429 asks for with %s are not waited for in full', async (_, headers, ahead) => {
  const { exchange, seen } = await setUp(tooMany(headers), { clock: aheadBy(ahead) })
  expect(await errorOf(exchange())).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 20 })
  const next = await errorOf(exchange())
  expect(next).toMatchObject({ code: 'rate_limited' })
  // Half of it may have passed on a busy machine.
  expect(next.retryAfterSeconds).toBeGreaterThan(10)
  expect(seen().tokens).toBe(1)
})
