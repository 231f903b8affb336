import { isAnything, isBoolean } from '../check-answer.js'
import type { Lease } from '../token-cache.js'
import type { Guard } from './circuit-breaker.js'

/** A lease whose operations go through the guard like all others. */
export function guardedLease(lease: Lease, guard: Guard): Lease {
  return {
    renew: (ttlMs) => guard.run('renew', () => lease.renew(ttlMs), isBoolean),
    release: async (outcome) => {
      await guard.run('release', () => lease.release(outcome), isAnything)
    },
  }
}
