import { describe, expect, it } from 'vitest'
import { liveADay } from '../src/day/live-a-day.js'

describe('a day of a partner’s users', () => {
  it('8 processes that are restarted cost no more exchanges than one that never is', async () => {
    const { fleet, alone } = await liveADay({ users: 300, seed: 11 })
    expect(fleet.calls).toBe(alone.calls)
    expect(fleet.calls).toBeGreaterThan(20_000)
    expect(fleet.exchanges).toBeGreaterThan(300)
    expect(fleet.exchanges).toBeLessThanOrEqual(1.02 * alone.exchanges)
    expect(fleet).toMatchObject({ expiredServed: 0, foreignServed: 0 })
    expect(fleet.mostInOneSecond).toBeLessThanOrEqual(25)
  })
})
