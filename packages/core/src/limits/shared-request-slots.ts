import type { Clock } from '../lib/clock.js'
import { unrefTimer } from '../lib/unref-timer.js'
import { supposedProcesses } from './adaptive-rate.js'
import { type LimitStore, longestStoredMs } from './limit-store.js'
import type { RequestSlots } from './request-slots.js'
import type { StoreAccess } from './store-access.js'

/**
 * A longer wait for the store is not made up for. Slots that are reserved at once take four times as long: this keeps
 * other processes, which wait behind them, from waiting for more than a second.
 */
const longestAnswerMs = 250

/** After this, a store that has not heard of a pause receives it once more. */
const tellAgainMs = 1_000

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
  /** Ends of pauses that the store has not heard of yet. */
  const untold = new Map<string, number>()
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

  /** Tells the store of a pause until it has heard: nobody else can tell it to the other processes. */
  const tell = async (key: string): Promise<void> => {
    const until = untold.get(key) ?? 0
    const ms = until - clock.monotonic()
    const isTold = ms <= 0 || (await access.tell(() => store.pause(key, Math.min(ms, longestStoredMs))))
    if (isTold && untold.get(key) === until) untold.delete(key)
    else unrefTimer(setTimeout(() => begin(key), tellAgainMs))
  }
  // The application's clock may throw.
  const begin = (key: string): void => void tell(key).catch(() => untold.delete(key))

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
      const isTelling = untold.has(key)
      untold.set(key, Math.max(clock.monotonic() + ms, untold.get(key) ?? 0))
      if (!isTelling) begin(key)
    },

    reachedMs: (intervalMs) => intervalMs + Math.max(0, answerMs - intervalMs) / atOnce(intervalMs),
  }
}
