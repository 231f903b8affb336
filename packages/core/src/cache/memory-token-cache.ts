import { LRU } from 'tiny-lru'
import { ConfigurationError } from '../errors.js'
import { type Clock, elapsedMs, type Moment, momentOf, systemClock } from '../lib/clock.js'
import { getAtOnce } from './at-once.js'
import type { TokenCache, TokenKey } from './token-cache.js'

/** How long a logout is remembered: far longer than any exchange that it may have to win against. */
const forgottenForMs = 600_000

const neverForgotten = '0'

/** Dated by the moment when it was stored. Holds no object of the caller's, so that none lives as long as this. */
interface Entry extends Moment {
  readonly subject: string
  readonly value: string
  readonly ttlMs: number
}

/** What {@link memoryTokenCache} takes. */
export interface MemoryTokenCacheOptions {
  /** How many tokens are kept at most; the least recently used one goes first. Default 50,000. */
  maxEntries?: number | undefined
  /** Where the time comes from, for tests. Default: the system's. */
  clock?: Clock | undefined
}

/**
 * Keeps access tokens in this process's memory. The default cache. Separate processes that use it hear only
 * their own logouts.
 *
 * @throws ConfigurationError when `maxEntries` is not a positive whole number
 *
 * @example
 * ```ts
 * import { memoryTokenCache } from '@tesouro-tokens/core'
 *
 * export const cache = memoryTokenCache({ maxEntries: 10_000 })
 * ```
 */
export function memoryTokenCache(options: MemoryTokenCacheOptions = {}): TokenCache {
  const { maxEntries = 50_000, clock = systemClock } = options
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new ConfigurationError(['maxEntries: must be a whole number of at least 1'])
  }

  const variantsOf = new Map<string, Set<string>>()
  const forgotten = new Map<string, { generation: string; at: Moment }>()
  let generations = 0

  const entries = new LRU<Entry>(maxEntries)
  const leaveVariants = (subject: string, id: string): void => {
    const variants = variantsOf.get(subject)
    variants?.delete(id)
    if (variants?.size === 0) variantsOf.delete(subject)
  }
  entries.onEvict(({ key: id, value }: { key: string; value: Entry }) => leaveVariants(value.subject, id))
  const drop = (key: TokenKey): void => {
    const id = idOf(key)
    entries.delete(id)
    leaveVariants(key.subject, id)
  }

  const remainingMs = (entry: Entry): number => entry.ttlMs - elapsedMs(clock, entry)

  return {
    local: true,

    get: getAtOnce((key) => {
      const generation = forgotten.get(key.subject)?.generation ?? neverForgotten
      const entry = entries.get(idOf(key))
      if (entry === undefined) return { generation }
      const left = remainingMs(entry)
      if (left > 0) return { value: entry.value, remainingMs: left, generation }
      drop(key)
      return { generation }
    }),

    async set(key, value, { ttlMs, generation }) {
      const since = forgotten.get(key.subject)
      if (since !== undefined && since.generation !== generation) return false
      const id = idOf(key)
      const { subject } = key
      entries.set(id, { subject, value, ttlMs, now: clock.now(), monotonic: clock.monotonic() })
      const variants = variantsOf.get(key.subject)
      if (variants === undefined) variantsOf.set(key.subject, new Set([id]))
      else variants.add(id)
      return true
    },

    async delete(key) {
      drop(key)
    },

    async forget(subject) {
      for (const [other, { at }] of forgotten) {
        if (elapsedMs(clock, at) <= forgottenForMs) break
        forgotten.delete(other)
      }
      generations += 1
      forgotten.delete(subject)
      forgotten.set(subject, { generation: `${generations}`, at: momentOf(clock) })

      const dropped: string[] = []
      for (const id of variantsOf.get(subject) ?? []) {
        const entry = entries.peek(id)
        if (entry !== undefined && remainingMs(entry) > 0) dropped.push(entry.value)
        entries.delete(id)
      }
      variantsOf.delete(subject)
      return dropped
    },
  }
}

function idOf(key: TokenKey): string {
  return `${key.subject} ${key.variant}`
}
