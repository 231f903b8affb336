import { expect, test } from 'vitest'
import { AdaptiveRate } from '../../src/limits/adaptive-rate.js'
import { fakeClock } from '../fake-clock.js'

const perSecond = (rate: AdaptiveRate): number => Math.round(100_000 / rate.intervalMs) / 100

test('a refused process goes on as before, or never finds its rate again', () => {
  const clock = fakeClock()
  const rate = new AdaptiveRate(25, clock)
  expect(perSecond(rate)).toBe(25)
  rate.halve()
  expect(perSecond(rate)).toBe(12.5)
  clock.advance(20_000)
  expect(perSecond(rate)).toBe(15)
  clock.advance(80_000)
  expect(perSecond(rate)).toBe(25)
  clock.advance(1e9)
  expect(perSecond(rate)).toBe(25)
  expect(rate.leastIntervalMs).toBe(40)
})

test('requests that were refused together count as if each were a refusal of the lower rate', () => {
  const clock = fakeClock()
  const rate = new AdaptiveRate(20, clock)
  for (let refusals = 0; refusals < 10; refusals += 1) rate.halve()
  expect(perSecond(rate)).toBe(10)
  clock.advance(1_000)
  rate.halve()
  expect(perSecond(rate)).toBe(5.05)
})

test('a process that is refused again and again stops altogether', () => {
  const clock = fakeClock()
  const rate = new AdaptiveRate(25, clock)
  for (let refusals = 0; refusals < 100; refusals += 1) {
    rate.halve()
    clock.advance(1_000)
  }
  rate.halve()
  expect(perSecond(rate)).toBe(0.5)
})

test('a process that goes on alone takes the rate of the whole fleet, or more than it had', () => {
  const clock = fakeClock()
  const rate = new AdaptiveRate(24, clock)
  rate.goAlone()
  expect(perSecond(rate)).toBe(6)
  clock.advance(1_000)
  rate.halve()
  rate.goAlone()
  expect(perSecond(rate)).toBe(3.06)
})

test('a process whose store is back keeps the rate of one that is alone, or takes its own at once', () => {
  const clock = fakeClock()
  const rate = new AdaptiveRate(24, clock)
  rate.goBack()
  rate.goAlone()
  clock.advance(500)
  rate.goBack()
  clock.advance(900)
  rate.goBack()
  expect(perSecond(rate)).toBeCloseTo(6, 0)
  clock.advance(100)
  expect(perSecond(rate)).toBe(24)
})

test('a process whose store is back for a moment forgets what it had before', () => {
  const clock = fakeClock()
  const rate = new AdaptiveRate(24, clock)
  rate.halve()
  rate.goAlone()
  rate.goBack()
  clock.advance(500)
  rate.goAlone()
  clock.advance(5_000)
  expect(perSecond(rate)).toBeLessThan(7)
  rate.goBack()
  clock.advance(1_000)
  expect(perSecond(rate)).toBeCloseTo(12.8, 1)
})
