import type { LeaseAnswer } from './token-cache.js'

/** What a cache answers when it is asked for a value. */
export interface CacheAnswer {
  value?: string
  remainingMs?: number
  generation: string
  /** From memory, because the store could not be asked. */
  alone?: true
}

// What a cache answers comes from outside: a store of somebody else's, or a server that holds anything.

export function isAnswer(value: unknown): value is CacheAnswer {
  if (typeof value !== 'object' || value === null) return false
  if (!('generation' in value) || typeof value.generation !== 'string') return false
  if ('value' in value && value.value !== undefined && typeof value.value !== 'string') return false
  return !('remainingMs' in value) || value.remainingMs === undefined || Number.isFinite(value.remainingMs)
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
