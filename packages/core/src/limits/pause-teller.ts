import type { Clock } from '../lib/clock.js'
import { unrefTimer } from '../lib/unref-timer.js'
import { type LimitStore, longestStoredMs } from './limit-store.js'
import type { StoreAccess } from './store-access.js'

/** After this, a store that has not heard of a pause receives it once more. */
const tellAgainMs = 1_000

/**
 * Tells a store of each pause until the store has heard of it, or the pause has ended: nobody else can tell the other
 * processes.
 */
export function createPauseTeller(parts: {
  store: LimitStore
  access: StoreAccess
  clock: Pick<Clock, 'monotonic'>
}): (key: string, ms: number) => void {
  const { store, access, clock } = parts
  /** When each ends that the store has not heard of yet. */
  const untold = new Map<string, number>()

  const tell = async (key: string): Promise<void> => {
    const until = untold.get(key) ?? 0
    const ms = until - clock.monotonic()
    const isTold = ms <= 0 || (await access.tell(() => store.pause(key, Math.min(ms, longestStoredMs))))
    if (isTold && untold.get(key) === until) untold.delete(key)
    else unrefTimer(setTimeout(() => begin(key), tellAgainMs))
  }
  // The application's clock may throw.
  const begin = (key: string): void => void tell(key).catch(() => untold.delete(key))

  return (key, ms) => {
    const isTelling = untold.has(key)
    untold.set(key, Math.max(clock.monotonic() + ms, untold.get(key) ?? 0))
    if (!isTelling) begin(key)
  }
}
