import { expect, it } from 'vitest'
import { alice, bob, type CacheSubject, holdLease } from './subject.js'

/** Of many processes, one makes the exchange. */
export function describeLeases(opened: () => CacheSubject): void {
  it('lets one of many hold the lease, and shows those who waited how it ended', async () => {
    const { cache } = opened()
    const failed = { code: 'rate_limited', kind: 'client', retryable: true, retryAfterSeconds: 7 } as const
    const outcome = { failed }
    const held = await holdLease(cache, alice)
    expect(await cache.lease?.(alice, 5_000, { waited: false })).toEqual({ busy: true })
    expect(await held.renew(5_000)).toBe(true)
    await held.release(outcome)
    expect(await held.renew(60_000)).toBe(false)
    await held.release({ stored: true })
    for (let waiting = 1; waiting <= 3; waiting += 1) {
      expect(await cache.lease?.(alice, 5_000, { waited: true })).toEqual({ outcome })
    }
    await opened().pass(2_500)
    await holdLease(cache, alice, 5_000, true)
  })

  it('tells an outcome only to those who waited for that exchange, and gives the lease to any other', async () => {
    const { cache } = opened()
    const first = await holdLease(cache, alice)
    await first.release({ stored: true })
    const second = await holdLease(cache, alice)
    expect(await cache.lease?.(alice, 5_000, { waited: true })).toEqual({ busy: true })
    await second.release({ notCacheable: true })
    expect(await cache.lease?.(alice, 5_000, { waited: true })).toEqual({ outcome: { notCacheable: true } })
    const third = await holdLease(cache, alice)
    await first.release({ stored: true })
    expect(await third.renew(5_000)).toBe(true)
  })

  it('gives a lease away when its holder has not renewed it', async () => {
    const { cache } = opened()
    const lost = await holdLease(cache, alice, 300)
    await opened().pass(600)
    await holdLease(cache, alice)
    expect(await lost.renew(5_000)).toBe(false)
    await lost.release({ stored: true })
    expect(await cache.lease?.(alice, 5_000)).toEqual({ busy: true })
  })

  it.each([{ renewal: false }, { renewal: true }])(
    'ends the leases of a subject that is forgotten, so that nobody reads an outcome of before: %j',
    async ({ renewal }) => {
      const { cache } = opened()
      await cache.get(alice)
      const before = await holdLease(cache, alice)
      const others = await holdLease(cache, bob)
      await cache.forget(alice.subject, { id: 'logout-1', renewal })
      await before.release({ failed: { code: 'user_forgotten', kind: 'passing' } })
      await holdLease(cache, alice, 5_000, true)
      expect(await before.renew(5_000)).toBe(false)
      expect(await others.renew(5_000)).toBe(true)
    },
  )
}
