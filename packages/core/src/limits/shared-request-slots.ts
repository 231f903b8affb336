import type { Clock } from '../lib/clock.js'
import type { Observer } from '../observer.js'
import type { LimitStore } from './limit-store.js'
import type { Places } from './request-slots.js'
import { createStoreAccess } from './store-access.js'

/** Places that all processes share; while their store is down, this process's `own`. */
export function createSharedPlaces(parts: {
  store: LimitStore
  own: Places
  intervalMs: number
  cacheMs: number
  clock: Clock
  observer: Observer
}): Places {
  const { store, own, intervalMs, cacheMs, clock, observer } = parts
  const access = createStoreAccess({
    ms: cacheMs,
    monotonic: () => clock.monotonic(),
    onFailure: (reason) => observer.emit({ type: 'cache_failure', operation: 'limit', reason }),
  })
  return {
    async reserve(key, withinMs) {
      return (
        (await access.wait(() => store.reserve(key, { intervalMs, withinMs }))) ?? own.reserve(key, withinMs)
      )
    },
    pause(key, ms) {
      void access.tell(() => store.pause(key, ms))
    },
  }
}
