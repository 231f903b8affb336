import type { Clock } from '../lib/clock.js'
import { supposedProcesses } from './adaptive-rate.js'
import type { LimitStore } from './limit-store.js'
import { createPauseTeller } from './pause-teller.js'
import type { RequestSlots } from './request-slots.js'
import type { StoreAccess } from './store-access.js'

/**
 * A longer wait for the store is not made up for. Slots that are reserved at once take four times as long: this keeps
 * other processes, which wait behind them, from waiting for more than a second.
 */
const longestAnswerMs = 250

/** Slots that are reserved at once: the last that was used, and the end of the last of all, by the monotonic clock. */
interface Reserved {
  usedAt: number
  readonly endsAt: number
}

/**
 * Request slots that all processes share (GCRA in their store); while the store is down, this process's `own`. Where an
 * answer takes longer than a slot, a line that asked for each by itself would be as slow as the store. Then it reserves
 * several at once, and uses them at the same distances.
 */
export function createSharedRequestSlots(parts: {
  store: LimitStore
  access: StoreAccess
  own: RequestSlots
  clock: Pick<Clock, 'monotonic'>
}): RequestSlots {
  const { store, access, own, clock } = parts
  const reserved = new Map<string, Reserved>()
  const tellPause = createPauseTeller(parts)
  /** How long the store's last answer took. */
  let answerMs = 0

  const atOnce = (intervalMs: number): number =>
    answerMs > intervalMs / 2 ? Math.ceil((4 * answerMs) / intervalMs) : 1

  /** `undefined`: there is none left. One that is long past is not made up for: others have their turn by now. */
  const nextReserved = (key: string, intervalMs: number): number | undefined => {
    const slots = reserved.get(key)
    if (slots === undefined) return undefined
    const now = clock.monotonic()
    const due = slots.usedAt + intervalMs
    const at = due < now - intervalMs ? now : due
    // Sums of fractions are not exact.
    if (at + intervalMs > slots.endsAt + 0.001) return void reserved.delete(key)
    slots.usedAt = at
    return Math.max(0, at - now)
  }

  return {
    async reserve(key, request) {
      const { intervalMs, withinMs, waiting = 0 } = request
      const ready = waiting > 0 ? nextReserved(key, intervalMs) : undefined
      if (ready !== undefined) return ready
      const slots = Math.max(1, Math.min(waiting, atOnce(intervalMs)))
      const askedAt = clock.monotonic()
      const ms = await access.wait(() => store.reserve(key, { intervalMs: slots * intervalMs, withinMs }))
      const now = clock.monotonic()
      answerMs = ms === undefined ? 0 : Math.min(now - askedAt, longestAnswerMs)
      if (ms === undefined) return own.reserve(key, request)
      // If the store goes away, a pause goes on, and this process goes on by itself from there, as one of several that all do.
      own.pause(key, ms > withinMs ? ms : ms + (slots + supposedProcesses) * intervalMs)
      if (ms > withinMs) return ms
      if (slots > 1) reserved.set(key, { usedAt: now + ms, endsAt: now + ms + slots * intervalMs })
      return ms
    },

    pause(key, ms) {
      // Void for this process as for all others.
      reserved.delete(key)
      tellPause(key, ms)
    },

    reachedMs: (intervalMs) => intervalMs + Math.max(0, answerMs - intervalMs) / atOnce(intervalMs),
  }
}
