import { expect, test } from 'vitest'
import { askedPauseMs } from '../../src/limits/upstream-budget.js'

const now = Date.UTC(2026, 10, 22)
const asked = (status: number, headers: Record<string, string>): number | undefined =>
  askedPauseMs({ status, headers: new Headers(headers) }, now)
const usedUp = (reset: string): number | undefined =>
  asked(200, { 'ratelimit-remaining': '0', 'ratelimit-reset': reset })

test.each([
  ['one left', { 'ratelimit-remaining': '1', 'ratelimit-reset': '60' }],
  ['nothing said', {}],
  ['nothing but a reset', { 'ratelimit-reset': '60' }],
  ['a Retry-After of an answer that is no 429', { 'retry-after': '60' }],
  ['words', { 'ratelimit-remaining': 'none' }],
  ['an empty header', { 'ratelimit-remaining': '' }],
  ['less than nothing', { 'ratelimit-remaining': '-1' }],
  ['the other form with one left', { 'x-ratelimit-remaining-second': '1' }],
])('%s stops requests for tokens', (_, headers) => {
  expect(asked(200, headers)).toBeUndefined()
})

test.each([
  ['2', 2_000],
  ['0', 0],
  ['0.25', 250],
  [' 3 ', 3_000],
  ['3600', 3_600_000],
  ['86400', 86_400_000],
])('a reset in %s seconds is not obeyed', (reset, ms) => {
  expect(usedUp(reset)).toBe(ms)
})

test.each([
  '86401',
  '1790000000',
  '99999999999999999999',
  '-5',
  'soon',
  '',
  'NaN',
  '1e3',
  '0x10',
  'Sun, 22 Nov 2026 00:01:00 GMT',
])('a reset that is no number of seconds (%j) stops for long, or not at all', (reset) => {
  expect(usedUp(reset)).toBe(1_000)
})

test('a 429 that does not say until when, or says it twice, is read in another way than before', () => {
  expect(asked(429, {})).toBe(1_000)
  expect(asked(429, { 'retry-after': 'soon', 'ratelimit-reset': '7' })).toBe(7_000)
  expect(asked(429, { 'retry-after': '3', 'ratelimit-reset': '7' })).toBe(3_000)
  expect(asked(429, { 'ratelimit-remaining': '5' })).toBe(1_000)
})
