import type { Clock } from '../lib/clock.js'

/** How far ahead a request slot is looked for, and how much room the request takes. */
export interface SlotRequest {
  /** Until the slot behind it, in milliseconds. */
  intervalMs: number
  /** A slot that is further ahead than this many milliseconds may not have been reserved. */
  withinMs: number
  /** How many would go one after another, who all ask here one at a time: then several may be reserved at once. */
  waiting?: number
}

/** Request slots at even distances: each request to the platform reserves the next free one. */
export interface RequestSlots {
  /** Milliseconds until the slot. */
  reserve(key: string, request: SlotRequest): Promise<number>
  /** There is no slot before that time has passed. */
  pause(key: string, ms: number): void
  /** How long a slot takes in a long line, where reserving takes time as well. */
  reachedMs(intervalMs: number): number
}

/**
 * Request slots in this process's memory (GCRA), at even distances. A count for each second would not do: requests
 * that are sent without asking (REST calls) have to move all that follow. A counter that starts again each second
 * would forget them, and let twice the limit through around the second's edge.
 */
export function createRequestSlots(clock: Pick<Clock, 'monotonic'>): RequestSlots {
  const nextAt = new Map<string, number>()
  return {
    async reserve(key, { intervalMs, withinMs }) {
      const now = clock.monotonic()
      const at = Math.max(now, nextAt.get(key) ?? now)
      if (at - now <= withinMs) nextAt.set(key, at + intervalMs)
      return at - now
    },
    pause(key, ms) {
      nextAt.set(key, Math.max(clock.monotonic() + ms, nextAt.get(key) ?? 0))
    },
    reachedMs: (intervalMs) => intervalMs,
  }
}
