import { expect, it } from 'vitest'
import { alice, aliceElse, bob, type CacheSubject, partOf, store, storedAt } from './subject.js'

/** What the generation says of a person: logged out, renewed, or not known any longer. */
export function describeGenerations(opened: () => CacheSubject, { shared }: { shared: boolean }): void {
  it('keeps the part before ~ in a renewal, and changes it in a logout', async () => {
    const { cache } = opened()
    await store(cache, alice, 'one')
    const first = await cache.get(alice)
    const part = await partOf(cache, alice)
    let last = first.generation
    for (const id of ['renewal-1', 'renewal-2']) {
      await cache.forget(alice.subject, { id, renewal: true })
      const { generation } = await cache.get(alice)
      expect(generation.startsWith(`${part}~`)).toBe(true)
      expect(generation).not.toBe(last)
      last = generation
    }
    await cache.forget(alice.subject, { id: 'logout-1' })
    expect(await partOf(cache, alice)).not.toBe(part)
    expect((await cache.get(alice)).generation).not.toContain('~')
    const after = await partOf(cache, alice)
    await cache.forget(alice.subject, { id: 'renewal-3', renewal: true })
    expect(await partOf(cache, alice)).toBe(after)
    await cache.forget(alice.subject, { id: 'logout-2' })
    expect(await partOf(cache, alice)).not.toBe(after)
  })

  it('drops in a renewal what a logout drops, and refuses a value that was under way', async () => {
    const { cache } = opened()
    await store(cache, alice, 'one')
    await store(cache, aliceElse, 'two')
    await store(cache, bob, 'three')
    const { generation } = await cache.get(alice)
    const renew = () => cache.forget(alice.subject, { id: 'renewal-1', renewal: true })
    expect((await renew()).sort()).toEqual(['one', 'two'])
    expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation })).toBe(false)
    expect(await storedAt(cache, alice)).toBeUndefined()
    await store(cache, alice, 'after')
    expect((await renew()).sort()).toEqual(['one', 'two'])
    expect(await storedAt(cache, alice)).toBe('after')
    expect(await storedAt(cache, bob)).toBe('three')
  })

  if (!shared) return

  it('refuses a value under a generation that the store has never told', async () => {
    const { cache } = opened()
    for (const generation of ['', '0', 'of tomorrow', '0.1']) {
      expect(await cache.set(alice, 'made up', { ttlMs: 60_000, generation })).toBe(false)
    }
    await cache.get(alice)
    expect(await cache.set(alice, 'made up', { ttlMs: 60_000, generation: '0' })).toBe(false)
    expect(await storedAt(cache, alice)).toBeUndefined()
  })

  it('refuses a value under the generation of another person', async () => {
    const { cache } = opened()
    const { generation } = await cache.get(bob)
    await cache.get(alice)
    expect(await cache.set(alice, 'hers', { ttlMs: 60_000, generation })).toBe(false)
  })

  it('says by its first characters that a generation is of no logout', async () => {
    const { cache } = opened()
    expect(await partOf(cache, alice)).toMatch(/^0\../)
    await cache.forget(alice.subject)
    expect(await partOf(cache, alice)).not.toMatch(/^0\./)
  })

  it.each([{ renewal: false }, { renewal: true }])(
    'refuses a value under a generation that has gone missing: %j',
    async ({ renewal }) => {
      const { cache, lose } = opened()
      if (lose === undefined) return
      const first = await cache.get(alice)
      await cache.forget(alice.subject, { id: 'logout-1', renewal })
      const second = await cache.get(alice)
      await lose(alice.subject)
      for (const { generation } of [first, second]) {
        expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation })).toBe(false)
      }
      const third = await cache.get(alice)
      expect(third.generation).toMatch(/^0\../)
      for (const { generation } of [first, second]) {
        expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation })).toBe(false)
      }
      expect(await storedAt(cache, alice)).toBeUndefined()
      expect(await store(cache, alice, 'after')).toBe(true)
    },
  )

  it('serves no value whose record has gone missing, because a logout would not find it', async () => {
    const { cache, lose } = opened()
    if (lose === undefined) return
    await store(cache, alice, 'before')
    await lose(alice.subject)
    expect(await storedAt(cache, alice)).toBeUndefined()
    await store(cache, aliceElse, 'after')
    expect(await storedAt(cache, alice)).toBeUndefined()
  })
}
