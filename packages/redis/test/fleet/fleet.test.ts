import { redisIsMissing } from '@tesouro-tokens/conformance/redis'
import { describe, expect, test } from 'vitest'
import { runFleet } from './fleet.js'

describe.skipIf(redisIsMissing())('four processes in front of the platform’s limiter', () => {
  test('send four times what one may, or leave a user without a token', async () => {
    const { outcomes, arrivals } = await runFleet({
      processes: 4,
      users: 150,
      perSecond: 100,
      // A Redis that is well but late would leave each process to its own limit.
      timeouts: { callMs: 90_000, cacheMs: 10_000 },
    })
    expect(outcomes).toEqual(Array(150).fill('ok'))
    const seconds = ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1_000
    // What leaves at 25 a second may arrive in bunches on a busy machine; what leaves at 100 arrives in half the time.
    expect(arrivals.length).toBeLessThanOrEqual(30 + 30 * seconds)
  })
})
