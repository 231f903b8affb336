import * as z from 'zod/mini'
import type { LeaseAnswer, LeaseFailure, LeaseOutcome } from './token-cache.js'

// What a cache answers comes from outside: from a store of the application's own, or a server that holds anything.

/** What a cache answers when it is asked for a value. */
export interface CacheAnswer {
  value?: string
  remainingMs?: number
  generation: string
  /** The time by the store's own clock, in milliseconds since the epoch. */
  now?: number | undefined
  /** From memory, because the store could not be asked. */
  alone?: true
}

const answer = z.object({
  value: z.optional(z.string()),
  remainingMs: z.optional(z.number()),
  generation: z.string(),
  now: z.optional(z.number()),
})

export function isAnswer(value: unknown): value is CacheAnswer {
  return answer.safeParse(value).success
}

export function isLeaseAnswer(value: unknown): value is LeaseAnswer {
  return (
    typeof value === 'object' && value !== null && ('held' in value || 'busy' in value || 'outcome' in value)
  )
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

export function isAnything(_: unknown): _ is unknown {
  return true
}

/** The values that a cache says it dropped. One that says nothing has dropped them all the same. */
export function droppedValues(answer: unknown): string[] {
  return Array.isArray(answer) ? answer.filter((value) => typeof value === 'string') : []
}

const kinds: readonly unknown[] = ['passing', 'user', 'client']
const longestPauseSeconds = 86_400

/** An outcome as far as it makes sense; what cannot be read says that the exchange ended, and nothing more. */
export function checkedOutcome(outcome: unknown): LeaseOutcome {
  if (typeof outcome !== 'object' || outcome === null) return { notCacheable: true }
  if ('stored' in outcome && outcome.stored === true) return { stored: true }
  const failed: unknown = 'failed' in outcome ? outcome.failed : undefined
  if (typeof failed !== 'object' || failed === null) return { notCacheable: true }
  const { code, kind, status, error, retryable, retryAfterSeconds } = failed as Partial<
    Record<keyof LeaseFailure, unknown>
  >
  if (typeof code !== 'string' || !kinds.includes(kind)) return { notCacheable: true }
  return {
    failed: {
      code: code as LeaseFailure['code'],
      kind: kind as LeaseFailure['kind'],
      status: isWithin(status, 100, 599) ? status : undefined,
      error: typeof error === 'string' && /^[\w-]{1,60}$/.test(error) ? error : undefined,
      retryable: retryable === true,
      retryAfterSeconds: isWithin(retryAfterSeconds, 0, longestPauseSeconds) ? retryAfterSeconds : undefined,
    },
  }
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most
}
