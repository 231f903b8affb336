import { withDeadline } from '../deadline.js'
import type { CacheFailureEvent } from '../events.js'
import type { Observer } from '../observer.js'
import type { LeaseAnswer, TokenCache, TokenKey } from './token-cache.js'

/** What the cache holds for a key, or that it could not be asked. */
export type CacheRead = { value?: string; remainingMs?: number; generation: string } | undefined

/**
 * The cache as the rest of core uses it: nothing here rejects, and a remote cache gets `cacheMs` for an
 * operation. A cache in this process's memory is not timed.
 */
export interface CacheAccess {
  read(key: TokenKey): Promise<CacheRead>
  /** `undefined`: could not be stored. `false`: the subject was forgotten in the meantime. */
  write(
    key: TokenKey,
    value: string,
    options: { ttlMs: number; generation: string },
  ): Promise<boolean | undefined>
  drop(key: TokenKey): Promise<void>
  /** What was dropped; `undefined` when the cache has not recorded it. */
  forget(subject: string): Promise<string[] | undefined>
  /** `undefined`: the cache has no leases, or could not be asked. */
  lease(key: TokenKey, ttlMs: number): Promise<LeaseAnswer | undefined>
  /** Runs one more operation on the cache's terms, such as those of a lease. */
  attempt<Result>(
    operation: CacheFailureEvent['operation'],
    work: () => Promise<Result>,
  ): Promise<{ result: Result } | undefined>
}

export function createCacheAccess(cache: TokenCache, cacheMs: number, observer: Observer): CacheAccess {
  const attempt: CacheAccess['attempt'] = async (operation, work) => {
    let late = false
    const onTimeout = (): Error => {
      late = true
      return new Error('the cache is late')
    }
    try {
      return { result: await (cache.local ? work() : withDeadline(work, { ms: cacheMs, onTimeout })) }
    } catch {
      observer.emit({ type: 'cache_failure', operation, reason: late ? 'timeout' : 'rejected' })
      return undefined
    }
  }
  const unreadable = (operation: CacheFailureEvent['operation']): undefined => {
    observer.emit({ type: 'cache_failure', operation, reason: 'unreadable' })
    return undefined
  }

  return {
    attempt,

    async read(key) {
      const answer = await attempt('get', () => cache.get(key))
      if (answer === undefined) return undefined
      return isRead(answer.result) ? answer.result : unreadable('get')
    },

    async write(key, value, options) {
      return (await attempt('set', () => cache.set(key, value, options)))?.result
    },

    async drop(key) {
      await attempt('delete', () => cache.delete(key))
    },

    async forget(subject) {
      const answer = await attempt('forget', () => cache.forget(subject))
      if (answer === undefined) return undefined
      return Array.isArray(answer.result) ? answer.result : []
    },

    async lease(key, ttlMs) {
      const { lease } = cache
      if (lease === undefined) return undefined
      const answer = await attempt('lease', () => lease.call(cache, key, ttlMs))
      if (answer === undefined) return undefined
      return isLeaseAnswer(answer.result) ? answer.result : unreadable('lease')
    },
  }
}

function isRead(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (!('generation' in value) || typeof value.generation !== 'string') return false
  if ('value' in value && value.value !== undefined && typeof value.value !== 'string') return false
  return !('remainingMs' in value) || value.remainingMs === undefined || Number.isFinite(value.remainingMs)
}

function isLeaseAnswer(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && ('held' in value || 'busy' in value || 'outcome' in value)
  )
}
