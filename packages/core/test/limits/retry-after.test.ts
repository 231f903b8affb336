import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryAfterMs } from '../../src/limits/retry-after.js'

const now = Date.UTC(1994, 10, 6, 8, 49, 0)
const cap = 366 * 24 * 60 * 60 * 1_000

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
  ['Sun Nov  6 08:49:37 1994', 37_000],
  [' 7 ', 7_000],
  ['007', 7_000],
  ['1.0001', 1_001],
  ['3600', 3_600_000],
  ['31622401', cap],
  [`1${'0'.repeat(400)}`, cap],
  ['Sun, 06 Nov 1994 09:49:37 GMT', 3_637_000],
  ['Sun, 06 Nov 2094 09:49:37 GMT', cap],
])('%j is understood', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms)
})

test.each([
  null,
  '',
  '-1',
  '+1',
  '1e3',
  '0x10',
  '1,000',
  '10 seconds',
  'Infinity',
  'NaN',
  '٣',
  '2094-11-06T08:49:37Z',
  '6 Nov 2094',
  'Sun, 06 Nov 1994 08:49:37 EST',
  'Sun, 06 Foo 1994 08:49:37 GMT',
  'Sun, 32 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 25:49:37 GMT',
  'Sun, 06 Nov 1994 08:48:59 GMT',
])('%j says nothing', (header) => {
  expect(retryAfterMs(header, now)).toBeUndefined()
})

test('a two-digit year is never taken for one more than fifty years ahead', () => {
  expect(retryAfterMs('Saturday, 06-Nov-93 08:49:37 GMT', Date.UTC(2026, 0, 1))).toBeUndefined()
  expect(retryAfterMs('Saturday, 06-Nov-40 08:49:37 GMT', Date.UTC(2026, 0, 1))).toBe(cap)
})

test('any date within the cap means exactly the time until it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.integer({ min: 1, max: 300 }),
      (seconds, ahead) => {
        const at = seconds * 1_000
        expect(retryAfterMs(new Date(at + ahead * 1_000).toUTCString(), at)).toBe(ahead * 1_000)
      },
    ),
  )
})

test('whatever a header says, the wait is a number from 0 to the cap, or none is known', () => {
  const header = fc.oneof(
    fc.string(),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.double().map(String),
  )
  fc.assert(
    fc.property(header, fc.integer({ min: 0, max: 8e15 }), (text, at) => {
      const ms = retryAfterMs(text, at)
      expect(ms === undefined || (ms >= 0 && ms <= cap)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
