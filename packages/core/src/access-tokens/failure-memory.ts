import { LRU } from 'tiny-lru'
import type { TokenKey } from '../cache/token-cache.js'
import type { TesouroTokensError } from '../errors.js'
import { type Clock, elapsedMs, type Moment, momentOf } from '../lib/clock.js'

const firstPauseMs = 5_000
const longestPauseMs = 60_000

/** A failure so long ago that the next one starts from the first pause again. */
const forgottenAfterMs = 600_000

interface Failure {
  subject: string
  error: TesouroTokensError
  times: number
  pauseMs: number
  at: Moment
}

/**
 * Remembers failures for a while, so that asking again and again costs nothing: 5 s after the first, doubling to
 * 60 s. One memory holds users whom the platform refuses, another refreshes that could not be made.
 */
export interface FailureMemory {
  /** The failure that is still in force for this key. */
  inForce(key: TokenKey): TesouroTokensError | undefined
  remember(key: TokenKey, error: TesouroTokensError): void
  clear(key: TokenKey): void
  clearSubject(subject: string): void
}

/** `jitter` lengthens each pause by up to that share, so that processes do not try again in step. */
export function createFailureMemory(clock: Clock, { jitter }: { jitter: number }): FailureMemory {
  const failures = new LRU<Failure>(10_000)
  const idOf = (key: TokenKey): string => `${key.subject} ${key.variant}`

  return {
    inForce(key) {
      if (failures.size === 0) return undefined
      const failure = failures.get(idOf(key))
      return failure !== undefined && elapsedMs(clock, failure.at) < failure.pauseMs
        ? failure.error
        : undefined
    },
    remember(key, error) {
      const before = failures.peek(idOf(key))
      const recent = before !== undefined && elapsedMs(clock, before.at) < forgottenAfterMs
      const times = recent ? before.times + 1 : 1
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (times - 1)) * (1 + Math.random() * jitter)
      failures.set(idOf(key), { subject: key.subject, error, times, pauseMs, at: momentOf(clock) })
    },
    clear(key) {
      failures.delete(idOf(key))
    },
    clearSubject(subject) {
      for (const [id, failure] of failures.entries()) {
        if (failure?.subject === subject) failures.delete(id)
      }
    },
  }
}
