import type { Clock } from '../lib/clock.js'

/** A row of places at even distances: whoever is to send next reserves the next free one. */
export interface Places {
  /** Milliseconds until the place; one that is further ahead than `withinMs` may not have been reserved. */
  reserve(key: string, withinMs: number): Promise<number>
  /** Tells the other processes that there is no place before that time is over. */
  pause?(key: string, ms: number): void
}

/**
 * Places in this process's memory. At even distances, and not as a number for each second, because what was sent
 * without asking (REST calls) has to move all that follows: a counter that starts anew each second would forget it,
 * and lets twice the limit through around the second's edge.
 */
export function createPlaces({ intervalMs, clock }: { intervalMs: number; clock: Clock }): Places {
  const nextAt = new Map<string, number>()
  return {
    async reserve(key, withinMs) {
      const now = clock.monotonic()
      const at = Math.max(now, nextAt.get(key) ?? now)
      if (at - now <= withinMs) nextAt.set(key, at + intervalMs)
      return at - now
    },
  }
}
