import { expect, it } from 'vitest'
import { alice, aliceElse, bob, type CacheSubject, keyOf, store, storedAt } from './subject.js'

/** Text in, the same text out, for as long as it was stored for. */
export function describeValues(opened: () => CacheSubject): void {
  it('gives back exactly the text that was stored, and nothing for a key that was not', async () => {
    const { cache } = opened()
    const texts = ['x', '', '{"a":1}', 'ünï\u0000cødé ✓ 𝕏', '"; DEL *', 'y'.repeat(100_000)]
    for (const text of texts) {
      expect(await store(cache, alice, text)).toBe(true)
      expect(await storedAt(cache, alice)).toBe(text)
    }
    expect(await storedAt(cache, bob)).toBeUndefined()
    expect(await storedAt(cache, aliceElse)).toBeUndefined()
  })

  it('takes names such as __proto__ for names', async () => {
    const { cache } = opened()
    for (const odd of ['__proto__', 'constructor', 'toString']) {
      expect(await storedAt(cache, keyOf(odd, odd))).toBeUndefined()
      await store(cache, keyOf(odd, odd), odd)
      expect(await storedAt(cache, keyOf(odd, odd))).toBe(odd)
    }
  })

  it('never mixes up keys whose parts run into each other', async () => {
    const { cache } = opened()
    await store(cache, keyOf('ab', 'c'), 'one')
    expect(await storedAt(cache, keyOf('a', 'bc'))).toBeUndefined()
  })

  it('tells how long a value still has, and drops it when that is over', async () => {
    const { cache } = opened()
    await store(cache, alice, 'long', 60_000)
    const first = await cache.get(alice)
    expect(first.remainingMs).toBeGreaterThan(0)
    expect(first.remainingMs).toBeLessThanOrEqual(60_000)
    await store(cache, aliceElse, 'short', 500)
    await opened().pass(700)
    const second = await cache.get(alice)
    expect(second.remainingMs).toBeLessThanOrEqual(59_350)
    const over = await cache.get(aliceElse)
    expect(over.value).toBeUndefined()
    expect(over.generation).toBe(first.generation)
  })

  it('counts the life of a value from when it was stored last', async () => {
    const { cache } = opened()
    await store(cache, alice, 'old', 500)
    await store(cache, alice, 'new', 60_000)
    await opened().pass(700)
    expect(await storedAt(cache, alice)).toBe('new')
  })

  it('deletes one variant and leaves the others', async () => {
    const { cache } = opened()
    await store(cache, alice, 'one')
    await store(cache, aliceElse, 'two')
    await cache.delete(alice)
    await cache.delete(bob)
    expect(await storedAt(cache, alice)).toBeUndefined()
    expect(await storedAt(cache, aliceElse)).toBe('two')
  })
}
