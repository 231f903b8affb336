import { expect, it, vi } from 'vitest'
import { alice, aliceElse, type CacheSubject, holdLease, store, storedAt } from './subject.js'

/** Two users of one store object, as two instances in one process are: what one forgets, the other cannot read. */
export function describeTwoUsers(opened: () => CacheSubject, { shared }: { shared: boolean }): void {
  it('two users of one object: what one forgets, the other cannot read', async () => {
    const { cache, beside = cache } = opened()
    await store(cache, alice, 'one')
    await store(beside, aliceElse, 'two')
    expect(await storedAt(beside, alice)).toBe('one')
    expect(await storedAt(cache, aliceElse)).toBe('two')
    expect((await cache.forget(alice.subject)).sort()).toEqual(['one', 'two'])
    for (const key of [alice, aliceElse]) expect(await storedAt(beside, key)).toBeUndefined()
  })

  it('two users of one object: what one has under way, a logout of the other refuses', async () => {
    const { cache, beside = cache } = opened()
    const [mine, theirs] = [await cache.get(alice), await beside.get(alice)]
    await beside.forget(alice.subject)
    expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation: mine.generation })).toBe(false)
    expect(await beside.set(alice, 'late', { ttlMs: 60_000, generation: theirs.generation })).toBe(false)
    expect(await storedAt(cache, alice)).toBeUndefined()
  })

  it('two users of one object: what one stores or deletes, the other sees', async () => {
    const { cache, beside = cache } = opened()
    await store(cache, alice, 'one')
    await store(beside, alice, 'two')
    expect(await storedAt(cache, alice)).toBe('two')
    await cache.delete(alice)
    expect(await storedAt(beside, alice)).toBeUndefined()
  })

  if (!shared) return

  it('two users of one object: each asks for a lease of its own', async () => {
    const { cache, beside = cache } = opened()
    const lease = await holdLease(cache, alice)
    expect(await beside.lease?.(alice, 5_000)).toEqual({ busy: true })
    await lease.release({ stored: true })
    expect(await beside.lease?.(alice, 5_000, { waited: true })).toEqual({ outcome: { stored: true } })
  })

  it('two users of one object: one that stops listening takes nothing from the other', async () => {
    const { cache, beside = cache, elsewhere } = opened()
    const heard: (string | undefined)[] = []
    const stopOne = cache.onForget?.(() => {})
    const stopOther = beside.onForget?.((who) => heard.push(who))
    stopOne?.()
    await vi.waitFor(async () => {
      await elsewhere?.forget(alice.subject)
      expect(heard).toContain(alice.subject)
    }, 20_000)
    stopOther?.()
  })
}
