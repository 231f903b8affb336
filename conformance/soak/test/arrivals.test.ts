import { expect, test } from 'vitest'
import { arrivalsAt, sumOf } from '../src/arrivals.js'

test('what reached the limiter is counted wrongly', () => {
  // Three at once just before a whole second, two just after it, then one a second.
  const bunch = [900, 900, 900, 1_100, 1_100]
  const rest = Array.from({ length: 20 }, (_, n) => 2_000 + n * 1_000)
  expect(sumOf([...rest, ...bunch])).toEqual({
    perSecond: 24 / 20.1,
    mostInOneSecond: 5,
    leastInTenSeconds: 10,
  })
})

test('a refusal, or a request without an answer, is not read from the log', () => {
  const arrivals = arrivalsAt()
  arrivals.log('POST /v1/auth/token → 200 token_exchange client=c user=u 12 ms')
  arrivals.forget()
  arrivals.log('POST /v1/auth/token → 429 token_exchange client=c user=u 1 ms')
  arrivals.log('POST /v1/auth/token → no answer token_exchange client=c user=u 3 ms')
  expect(arrivals.sum()).toMatchObject({ refusedShare: 0.5, mostInOneSecond: 2 })
})
