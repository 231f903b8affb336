import { expect, it, vi } from 'vitest'
import { alice, bob, type CacheSubject, store, storedAt } from './subject.js'

/** What a process hears: logouts and renewals that other processes made. */
export function describeListening(opened: () => CacheSubject): void {
  it('tells other processes of a logout, and the object through which it was made only with its id', async () => {
    const { cache, elsewhere } = opened()
    if (elsewhere === undefined) throw new Error('a shared cache is opened twice')
    const heardHere: { who: string | undefined; id: string | undefined }[] = []
    const heardElsewhere: (string | undefined)[] = []
    const stopHere = cache.onForget?.((who, what) => heardHere.push({ who, id: what?.id }))
    const stopElsewhere = elsewhere.onForget?.((who) => heardElsewhere.push(who))
    await store(cache, alice, 'token')
    // until somebody is known to listen, "some may have been missed" is told instead
    await vi.waitFor(async () => {
      await cache.forget(alice.subject, { id: 'logout-1' })
      expect(heardElsewhere).toContain(alice.subject)
    }, 20_000)
    expect(await storedAt(elsewhere, alice)).toBeUndefined()
    for (const { who, id } of heardHere) if (who === alice.subject) expect(id).toBe('logout-1')
    stopElsewhere?.()
    stopHere?.()
  })

  it('tells other processes at every try, and whether it is a renewal', async () => {
    const { cache, elsewhere } = opened()
    const heard: { who: string; renewal: boolean | undefined }[] = []
    const stop = elsewhere?.onForget?.((who, what) => {
      if (who !== undefined) heard.push({ who, renewal: what?.renewal })
    })
    const hears = (who: string, renewal: boolean, id: string): Promise<void> =>
      vi.waitFor(async () => {
        await cache.forget(who, { id, renewal })
        expect(heard).toContainEqual({ who, renewal })
      }, 20_000)
    await hears(alice.subject, false, 'logout-1')
    heard.length = 0
    await hears(alice.subject, false, 'logout-1')
    await hears(bob.subject, true, 'renewal-1')
    expect(heard).not.toContainEqual({ who: bob.subject, renewal: false })
    stop?.()
  })
}
