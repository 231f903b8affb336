import type { Lease, TokenCache, TokenKey } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** A cache under test, and how time passes for it. */
export interface CacheSubject {
  cache: TokenCache
  /** A second handle on the same store, as another process would have it; absent where the store is this process's own. */
  elsewhere?: TokenCache
  /** Lets that many milliseconds pass by the store's clock. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

const key = (subject: string, variant: string): TokenKey => ({ subject, variant })
const alice = key('a'.repeat(64), '1'.repeat(64))
const aliceElse = key('a'.repeat(64), '2'.repeat(64))
const bob = key('b'.repeat(64), '1'.repeat(64))

/**
 * What core relies on, for any cache. A cache's own test file says how to open one and nothing more; `shared`
 * for one that other processes see too, which has leases and tells of logouts; `local` for one that needs no deadline
 * around it.
 *
 * @example
 * ```ts
 * describeTokenCache('memory', async () => {
 *   const clock = new ManualClock()
 *   return { cache: memoryTokenCache({ clock }), pass: async (ms) => clock.pass(ms), close: async () => {} }
 * })
 * ```
 */
export function describeTokenCache(
  name: string,
  open: () => Promise<CacheSubject>,
  { shared, local = !shared }: { shared: boolean; local?: boolean } = { shared: false },
): void {
  describe(`token cache: ${name}`, () => {
    let subject: CacheSubject
    let cache: TokenCache

    beforeEach(async () => {
      subject = await open()
      cache = subject.cache
    })
    afterEach(async () => {
      await subject.close()
    })

    async function store(where: TokenKey, value: string, ttlMs = 60_000): Promise<boolean> {
      const { generation } = await cache.get(where)
      return cache.set(where, value, { ttlMs, generation })
    }
    async function storedAt(where: TokenKey, from: TokenCache = cache): Promise<string | undefined> {
      return (await from.get(where)).value
    }

    it('gives back exactly the text that was stored, and nothing for a key that was not', async () => {
      const texts = ['x', '', '{"a":1}', 'ünï\u0000cødé ✓ 𝕏', '"; DEL *', 'y'.repeat(100_000)]
      for (const text of texts) {
        expect(await store(alice, text)).toBe(true)
        expect(await storedAt(alice)).toBe(text)
      }
      expect(await storedAt(bob)).toBeUndefined()
      expect(await storedAt(aliceElse)).toBeUndefined()
    })

    it('takes names such as __proto__ for names', async () => {
      for (const odd of ['__proto__', 'constructor', 'toString']) {
        expect(await storedAt(key(odd, odd))).toBeUndefined()
        await store(key(odd, odd), odd)
        expect(await storedAt(key(odd, odd))).toBe(odd)
      }
    })

    it('never mixes up keys whose parts run into each other', async () => {
      await store(key('ab', 'c'), 'one')
      expect(await storedAt(key('a', 'bc'))).toBeUndefined()
    })

    it('tells how long a value still has, and drops it when that is over', async () => {
      await store(alice, 'token', 1_000)
      const first = await cache.get(alice)
      expect(first.remainingMs).toBeGreaterThan(0)
      expect(first.remainingMs).toBeLessThanOrEqual(1_000)
      await subject.pass(300)
      const second = await cache.get(alice)
      expect(second.remainingMs ?? 0).toBeLessThanOrEqual((first.remainingMs ?? 0) - 200)
      await subject.pass(900)
      const third = await cache.get(alice)
      expect(third.value).toBeUndefined()
      expect(third.generation).toBe(first.generation)
    })

    it('counts the life of a value from when it was stored last', async () => {
      await store(alice, 'old', 500)
      await store(alice, 'new', 60_000)
      await subject.pass(700)
      expect(await storedAt(alice)).toBe('new')
    })

    it('deletes one variant and leaves the others', async () => {
      await store(alice, 'one')
      await store(aliceElse, 'two')
      await cache.delete(alice)
      await cache.delete(bob)
      expect(await storedAt(alice)).toBeUndefined()
      expect(await storedAt(aliceElse)).toBe('two')
    })

    it('forgets every variant of a subject, says what it dropped, and touches nobody else', async () => {
      await store(alice, 'one')
      await store(aliceElse, 'two')
      await store(bob, 'three')
      expect((await cache.forget(alice.subject)).sort()).toEqual(['one', 'two'])
      expect(await storedAt(alice)).toBeUndefined()
      expect(await storedAt(aliceElse)).toBeUndefined()
      expect(await storedAt(bob)).toBe('three')
      expect(await cache.forget(alice.subject)).toEqual([])
    })

    it('does not count values as dropped whose life was over', async () => {
      await store(alice, 'one', 200)
      await subject.pass(400)
      expect(await cache.forget(alice.subject)).toEqual([])
    })

    it('refuses a value that was under way when the subject was forgotten', async () => {
      const { generation } = await cache.get(alice)
      await cache.forget(alice.subject)
      expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation })).toBe(false)
      expect(await storedAt(alice)).toBeUndefined()
      expect(await store(alice, 'after')).toBe(true)
      expect(await storedAt(alice)).toBe('after')
    })

    it('refuses it also after a second logout, and for a variant that was never stored', async () => {
      const before = await cache.get(aliceElse)
      await cache.forget(alice.subject)
      const between = await cache.get(aliceElse)
      await cache.forget(alice.subject)
      for (const { generation } of [before, between]) {
        expect(await cache.set(aliceElse, 'late', { ttlMs: 60_000, generation })).toBe(false)
      }
      expect(await storedAt(aliceElse)).toBeUndefined()
    })

    it('refuses it also when somebody else was forgotten since', async () => {
      const { generation } = await cache.get(alice)
      await cache.forget(alice.subject)
      await cache.forget(bob.subject)
      expect(await cache.set(alice, 'late', { ttlMs: 60_000, generation })).toBe(false)
      expect(await storedAt(alice)).toBeUndefined()
    })

    it("leaves another subject's generation alone when one is forgotten", async () => {
      const { generation } = await cache.get(bob)
      await cache.forget(alice.subject)
      expect(await cache.set(bob, 'token', { ttlMs: 60_000, generation })).toBe(true)
    })

    it('says whether it answers from the memory of this process, where no deadline is needed', () => {
      expect(cache.local ?? false).toBe(local)
    })

    if (!shared) return

    it('lets one of many hold the lease, and shows the others how it ended', async () => {
      const ask = () => cache.lease?.(alice, 5_000)
      const held = await holdLease(ask)
      expect(await ask()).toEqual({ busy: true })
      expect(await held.renew(5_000)).toBe(true)
      await held.release({ failed: { code: 'rate_limited', kind: 'client', retryAfterSeconds: 7 } })
      expect(await held.renew(60_000)).toBe(false)
      await held.release({ stored: true })
      expect(await ask()).toEqual({
        outcome: { failed: { code: 'rate_limited', kind: 'client', retryAfterSeconds: 7 } },
      })
      await subject.pass(2_500)
      await holdLease(ask)
    })

    it('gives a lease away when its holder has not renewed it', async () => {
      const lost = await holdLease(() => cache.lease?.(alice, 300))
      await subject.pass(600)
      await holdLease(() => cache.lease?.(alice, 5_000))
      expect(await lost.renew(5_000)).toBe(false)
      await lost.release({ stored: true })
      expect(await cache.lease?.(alice, 5_000)).toEqual({ busy: true })
    })

    it('ends the leases of a subject that is forgotten, so that nobody reads an outcome of before', async () => {
      const before = await holdLease(() => cache.lease?.(alice, 5_000))
      const others = await holdLease(() => cache.lease?.(bob, 5_000))
      await cache.forget(alice.subject)
      await before.release({ failed: { code: 'user_forgotten', kind: 'passing' } })
      await holdLease(() => cache.lease?.(alice, 5_000))
      expect(await before.renew(5_000)).toBe(false)
      expect(await others.renew(5_000)).toBe(true)
    })

    it('tells other processes of a logout, and not the one that made it', async () => {
      const { elsewhere } = subject
      if (elsewhere === undefined) throw new Error('a shared cache is opened twice')
      const heardHere: (string | undefined)[] = []
      const heardElsewhere: (string | undefined)[] = []
      const stopHere = cache.onForget?.((who) => heardHere.push(who))
      const stopElsewhere = elsewhere.onForget?.((who) => heardElsewhere.push(who))
      await store(alice, 'token')
      // until somebody is known to listen, "some may have been missed" is told instead
      await vi.waitFor(async () => {
        await cache.forget(alice.subject)
        expect(heardElsewhere).toContain(alice.subject)
      }, 20_000)
      expect(await storedAt(alice, elsewhere)).toBeUndefined()
      expect(heardHere).not.toContain(alice.subject)
      stopElsewhere?.()
      stopHere?.()
    })
  })
}

async function holdLease(ask: () => Promise<unknown> | undefined): Promise<Lease> {
  const answer = await ask()
  if (typeof answer === 'object' && answer !== null && 'held' in answer) return answer.held as Lease
  throw new Error(`the lease is not free: ${JSON.stringify(answer)}`)
}
