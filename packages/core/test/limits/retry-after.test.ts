import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryAfterMs } from '../../src/limits/retry-after.js'

const now = Date.UTC(1994, 10, 6, 8, 49, 0)
const asked = (header: string | null, at: number, date?: string): number | undefined =>
  retryAfterMs(new Headers({ ...(header !== null && { 'retry-after': header }), ...(date && { date }) }), at)
const cap = 366 * 24 * 60 * 60 * 1_000

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
  ['Sun Nov  6 08:49:37 1994', 37_000],
  [' 7 ', 7_000],
  ['007', 7_000],
  ['1.0001', 1_001],
  ['20.', 20_000],
  ['+1', 1_000],
  ['"20"', 20_000],
  ['20, 20', 20_000],
  ['1,20 , 7', 20_000],
  ['soon, 7', 7_000],
  ['5, Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:40 GMT, 5', 40_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT,Sun Nov  6 08:49:39 1994', 39_000],
  ['3600', 3_600_000],
  ['31622401', cap],
  [`1${'0'.repeat(400)}`, cap],
  ['Sun, 06 Nov 1994 09:49:37 GMT', 3_637_000],
  ['Sun, 06 Nov 2094 09:49:37 GMT', cap],
])('%j is understood', (header, ms) => {
  expect(asked(header, now)).toBe(ms)
})

test.each([
  null,
  '',
  '-1',
  '1e3',
  '0x10',
  '10 seconds',
  'Infinity',
  'NaN',
  '2094-11-06T08:49:37Z',
  '6 Nov 2094',
  'Sun, 06 Nov 1994 08:49:37 EST',
  'Sun, 06 Foo 1994 08:49:37 GMT',
  'Sun, 32 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 25:49:37 GMT',
  'Sun, 06 Nov 1994 08:60:00 GMT',
  'Sun, 00 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:3: GMT',
  'Sun, 06 Nov 1994 08:48:59 GMT',
])('%j says nothing', (header) => {
  expect(asked(header, now)).toBeUndefined()
})

test('a leap second is no date', () => {
  expect(asked('Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2016, 11, 31, 23, 59))).toBe(59_000)
})

test.each([30, -300])(
  'a date is measured by a clock that is %d s ahead, and not by its sender',
  (seconds) => {
    const date = new Date(now + 20_000).toUTCString()
    expect(asked(date, now + seconds * 1_000, new Date(now).toUTCString())).toBe(20_000)
    expect(asked(date, now, 'yesterday')).toBe(20_000)
  },
)

test('a two-digit year is never taken for one more than fifty years ahead', () => {
  expect(asked('Saturday, 06-Nov-93 08:49:37 GMT', Date.UTC(2026, 0, 1))).toBeUndefined()
  expect(asked('Saturday, 06-Nov-40 08:49:37 GMT', Date.UTC(2026, 0, 1))).toBe(cap)
})

test('any date within the cap means exactly the time until it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.integer({ min: 1, max: 300 }),
      (seconds, ahead) => {
        const at = seconds * 1_000
        expect(asked(new Date(at + ahead * 1_000).toUTCString(), at)).toBe(ahead * 1_000)
      },
    ),
  )
})

test('whatever a header says, the wait is a number from 0 to the cap, or none is known', () => {
  const header = fc.oneof(
    fc.string({ unit: 'grapheme-ascii' }),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.double().map(String),
  )
  fc.assert(
    fc.property(header, fc.integer({ min: 0, max: 8e15 }), (text, at) => {
      const ms = asked(text, at)
      expect(ms === undefined || (ms >= 0 && ms <= cap)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
