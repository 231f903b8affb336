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

/** A member that is left out where it makes no sense. */
const ifSensible = <Value>(schema: z.ZodMiniType<Value>) => z.catch(z.optional(schema), undefined)

const failed = z.object({
  code: z.custom<LeaseFailure['code']>((code) => typeof code === 'string'),
  kind: z.enum(['passing', 'user', 'client']),
  status: ifSensible(z.number().check(z.gte(100), z.lte(599))),
  error: ifSensible(z.string().check(z.regex(/^[\w-]{1,60}$/))),
  retryAfterSeconds: ifSensible(z.number().check(z.gte(0), z.lte(86_400))),
})
const outcome = z.union([z.object({ stored: z.literal(true) }), z.object({ failed })])

/** An outcome as far as it makes sense; what cannot be read says that the exchange ended, and nothing more. */
export function checkedOutcome(value: unknown): LeaseOutcome {
  return outcome.safeParse(value).data ?? { notCacheable: true }
}
