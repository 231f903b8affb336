import { withDeadline } from '../lib/deadline.js'
import { createTimeBudget } from '../lib/time-budget.js'
import type { Observer } from '../observer.js'
import type { LinkedCache, PendingForget } from './cache-context.js'
import type { CacheAnswer } from './check-answer.js'
import type { Lease, LeaseAnswer, LeaseOutcome, TokenKey } from './token-cache.js'

/** What the cache holds for a key, or that it could not be asked. */
export type CacheRead = CacheAnswer | undefined

/** The cache as the rest of core uses it. Nothing here rejects but `recorded`: a cache fails no call. */
export interface CacheAccess {
  /** What is known in this process's memory; `undefined`: the cache has to be read. */
  atOnce(key: TokenKey): CacheRead
  /** The cache for one call, or for one piece of work in the background: it has `cacheMs` to read and as much to write. */
  forCall(): CallCache
  /** Whether the cache answers; at once while its guard is open. */
  answers(): Promise<boolean>
  forget(subject: string): PendingForget
  close(): Promise<void>
}

export interface CallCache {
  /** `behind`: what the shared store has, even where memory in front has something. */
  read(key: TokenKey, how?: { behind: boolean }): Promise<CacheRead>
  /** `undefined`: could not be stored. `false`: the subject was forgotten in the meantime. */
  write(
    key: TokenKey,
    value: string,
    options: { ttlMs: number; generation: string },
  ): Promise<boolean | undefined>
  drop(key: TokenKey): Promise<void>
  /** `undefined`: the cache has no leases, or could not be asked. Once it was busy, waiting is not counted as reading. */
  lease(key: TokenKey, ttlMs: number): Promise<LeaseAnswer | undefined>
  renew(lease: Lease, ttlMs: number): Promise<void>
  /** Waits no longer than the call may write; the release itself goes on. */
  release(lease: Lease, outcome: LeaseOutcome): Promise<void>
}

export function createCacheAccess(
  linked: LinkedCache,
  options: { cacheMs: number; observer: Observer; closeStore: () => Promise<void> },
): CacheAccess {
  const { cacheMs, observer, closeStore } = options
  /** Whoever failed has told of it. */
  const orNothing = <Result>(work: Promise<Result>): Promise<Result | undefined> =>
    work.catch(() => undefined)

  return {
    atOnce: (key) => linked.atOnce(key),

    forCall() {
      const reading = createTimeBudget(cacheMs)
      const writing = createTimeBudget(cacheMs)
      let waits = false
      return {
        read: (key, { behind } = { behind: false }) =>
          orNothing(reading.spend((ms) => linked.get(key, { ms, behind }))),
        write: (key, value, how) => orNothing(writing.spend((ms) => linked.set(key, value, how, ms))),
        drop: (key) => orNothing(writing.spend((ms) => linked.delete(key, ms))),
        async lease(key, ttlMs) {
          const asked = waits
            ? linked.lease(key, ttlMs, cacheMs)
            : reading.spend((ms) => linked.lease(key, ttlMs, ms))
          const answer = await orNothing(asked)
          waits = answer !== undefined && 'busy' in answer
          return answer
        },
        async renew(lease, ttlMs) {
          await orNothing(lease.renew(ttlMs))
        },
        async release(lease, outcome) {
          const released = orNothing(lease.release(outcome))
          const late = (): Error => new Error('late')
          await orNothing(writing.spend((ms) => withDeadline(() => released, { ms, onTimeout: late })))
        },
      }
    },

    answers: () => linked.answers(),
    forget: (subject) => linked.forget(subject),

    async close() {
      linked.leave()
      let reason: 'rejected' | 'timeout' = 'rejected'
      const onTimeout = (): Error => {
        reason = 'timeout'
        return new Error('late')
      }
      try {
        await withDeadline(closeStore, { ms: cacheMs, onTimeout })
      } catch {
        observer.emit({ type: 'cache_failure', operation: 'close', reason })
      }
    },
  }
}
