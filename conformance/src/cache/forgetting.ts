import { expect, it } from 'vitest'
import { alice, aliceElse, bob, type CacheSubject, partOf, store, storedAt } from './subject.js'

/** A logout drops everything, wins against an exchange under way, and can be tried again. */
export function describeForgetting(opened: () => CacheSubject): void {
  it('forgets every variant of a subject, says what it dropped, and touches nobody else', async () => {
    const { cache } = opened()
    await store(cache, alice, 'one')
    await store(cache, aliceElse, 'two')
    await store(cache, bob, 'three')
    expect((await cache.forget(alice.subject)).sort()).toEqual(['one', 'two'])
    expect(await storedAt(cache, alice)).toBeUndefined()
    expect(await storedAt(cache, aliceElse)).toBeUndefined()
    expect(await storedAt(cache, bob)).toBe('three')
    expect(await cache.forget(alice.subject)).toEqual([])
  })

  it('does not count values as dropped whose life was over', async () => {
    const { cache } = opened()
    await store(cache, alice, 'one', 200)
    await opened().pass(400)
    expect(await cache.forget(alice.subject)).toEqual([])
  })

  it('refuses a value that was under way when the subject was forgotten', async () => {
    const { cache } = opened()
    const { generation } = await cache.get(alice)
    await cache.forget(alice.subject)
    expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation })).toBe(false)
    expect(await storedAt(cache, alice)).toBeUndefined()
    expect(await store(cache, alice, 'after')).toBe(true)
    expect(await storedAt(cache, alice)).toBe('after')
  })

  it('refuses it also after a second logout, and for a variant that was never stored', async () => {
    const { cache } = opened()
    const before = await cache.get(aliceElse)
    await cache.forget(alice.subject)
    const between = await cache.get(aliceElse)
    await cache.forget(alice.subject)
    for (const { generation } of [before, between]) {
      expect(await cache.set(aliceElse, 'late', { ttlMs: 60_000, generation })).toBe(false)
    }
    expect(await storedAt(cache, aliceElse)).toBeUndefined()
  })

  it('refuses it also when somebody else was forgotten since', async () => {
    const { cache } = opened()
    const { generation } = await cache.get(alice)
    await cache.forget(alice.subject)
    await cache.forget(bob.subject)
    expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation })).toBe(false)
    expect(await storedAt(cache, alice)).toBeUndefined()
  })

  it("leaves another subject's generation alone when one is forgotten", async () => {
    const { cache } = opened()
    const { generation } = await cache.get(bob)
    await cache.forget(alice.subject)
    expect(await cache.set(bob, 'token', { ttlMs: 60_000, generation })).toBe(true)
  })

  it('a logout that is tried again drops nothing more, and gives the same values', async () => {
    const { cache } = opened()
    await store(cache, alice, 'one')
    await store(cache, aliceElse, 'two')
    expect((await cache.forget(alice.subject, { id: 'logout-1' })).sort()).toEqual(['one', 'two'])
    const { generation } = await cache.get(alice)
    expect((await cache.forget(alice.subject, { id: 'logout-1' })).sort()).toEqual(['one', 'two'])
    expect((await cache.get(alice)).generation).toBe(generation)

    await store(cache, alice, 'after')
    expect((await cache.forget(alice.subject, { id: 'logout-1' })).sort()).toEqual(['one', 'two'])
    expect(await storedAt(cache, alice)).toBe('after')
    expect(await cache.forget(alice.subject, { id: 'logout-2' })).toEqual(['after'])
    expect((await cache.forget(alice.subject, { id: 'logout-1' })).sort()).toEqual(['one', 'two'])
    expect(await cache.forget(bob.subject, { id: 'logout-1' })).toEqual([])
  })

  it('a logout that found nothing is tried again, and drops what came after it', async () => {
    const { cache } = opened()
    expect(await cache.forget(alice.subject, { id: 'logout-1' })).toEqual([])
    await store(cache, alice, 'after')
    expect(await cache.forget(alice.subject, { id: 'logout-1' })).toEqual([])
    expect(await storedAt(cache, alice)).toBe('after')
  })

  it('a logout that is tried again gives values whose life is over', async () => {
    const { cache } = opened()
    await store(cache, alice, 'short', 400)
    await store(cache, aliceElse, 'long')
    await cache.forget(alice.subject, { id: 'logout-1' })
    await opened().pass(600)
    expect(await cache.forget(alice.subject, { id: 'logout-1' })).toEqual(['long'])
  })

  it('values that are the same text are dropped as one', async () => {
    const { cache } = opened()
    await store(cache, alice, 'same')
    await store(cache, aliceElse, 'same')
    expect(await cache.forget(alice.subject, { id: 'logout-1' })).toEqual(['same', 'same'])
    expect(await cache.forget(alice.subject, { id: 'logout-1' })).toEqual(['same', 'same'])
  })

  it('every logout without an id is one of its own', async () => {
    const { cache } = opened()
    await store(cache, alice, 'one')
    expect(await cache.forget(alice.subject)).toEqual(['one'])
    await store(cache, alice, 'two')
    expect(await cache.forget(alice.subject)).toEqual(['two'])
  })

  it('an id of odd characters makes a logout fail, or changes what the generation says', async () => {
    const { cache } = opened()
    for (const id of ['', '0.1', 'a~b', '{other}', 'two words', 'ünï', 'x'.repeat(1_000)]) {
      const before = await partOf(cache, alice)
      await store(cache, alice, id)
      expect(await cache.forget(alice.subject, { id })).toEqual([id])
      expect(await cache.forget(alice.subject, { id })).toEqual([id])
      const after = await partOf(cache, alice)
      expect(after).not.toBe(before)
      expect(after).not.toMatch(/^0\./)
    }
  })
}
