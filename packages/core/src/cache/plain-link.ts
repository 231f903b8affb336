import { CacheUnavailableError } from '../errors.js'
import type { CacheFailureEvent } from '../events.js'
import { pause } from '../lib/deadline.js'
import { createEnding } from '../lib/lazy-abort-controller.js'
import { answerAtOnce } from './at-once.js'
import type { CacheHost, LinkedCache } from './cache-context.js'
import { droppedValues, isAnswer, isAnything, isBoolean, isLeaseAnswer } from './check-answer.js'
import type { Lease, TokenCache } from './token-cache.js'

const firstRetryMs = 50
const longestRetryMs = 1_000

/** Links a cache in this process's memory that knows nothing of instances: no deadline and no guard stand around it. */
export function plainLink(cache: TokenCache, host: CacheHost): LinkedCache {
  const left = createEnding()

  const run = async <Answer>(
    operation: CacheFailureEvent['operation'],
    work: () => Promise<unknown>,
    check: (answer: unknown) => answer is Answer,
  ): Promise<Answer> => {
    let reason: CacheFailureEvent['reason'] = 'rejected'
    try {
      const answer = await work()
      reason = 'unreadable'
      if (check(answer)) return answer
    } catch {
      // what another's error says may be secret
    }
    host.emit({ type: 'cache_failure', operation, reason })
    throw new CacheUnavailableError('the cache failed')
  }

  const leaseOf = (lease: Lease): Lease => ({
    renew: (ttlMs) => run('renew', () => lease.renew(ttlMs), isBoolean),
    release: async (outcome) => {
      await run('release', () => lease.release(outcome), isAnything)
    },
  })

  const record = async (subject: string): Promise<string[]> => {
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(longestRetryMs, waitMs * 2)) {
      try {
        return droppedValues(await run('forget', () => cache.forget(subject), isAnything))
      } catch {
        await pause(waitMs, left.signal)
      }
    }
  }

  return {
    bypassed: false,
    answers: () =>
      run('get', () => cache.get({ subject: 'health', variant: 'health' }), isAnswer).then(
        () => true,
        () => false,
      ),
    atOnce: (key) => answerAtOnce(cache, key),
    get: (key) => run('get', () => cache.get(key), isAnswer),
    set: (key, value, options) => run('set', () => cache.set(key, value, options), isBoolean),
    delete: async (key) => {
      await run('delete', () => cache.delete(key), isAnything)
    },
    lease: async (key, ttlMs) => {
      if (cache.lease === undefined) return undefined
      const answer = await run('lease', async () => cache.lease?.(key, ttlMs), isLeaseAnswer)
      return 'held' in answer ? { held: leaseOf(answer.held) } : answer
    },
    forget(subject) {
      const recorded = record(subject)
      return { noted: recorded.then(() => {}), recorded }
    },
    leave: () => left.end(new CacheUnavailableError('closed before the cache had recorded the logout')),
  }
}
