import { type LimitStore, longestStoredMs } from './limit-store.js'
import type { RequestSlots } from './request-slots.js'
import type { StoreAccess } from './store-access.js'

/** Request slots that all processes share (GCRA in their store); while the store is down, this process's `own`. */
export function createSharedRequestSlots(parts: {
  store: LimitStore
  access: StoreAccess
  own: RequestSlots
}): RequestSlots {
  const { store, access, own } = parts
  return {
    async reserve(key, request) {
      return (await access.wait(() => store.reserve(key, request))) ?? own.reserve(key, request)
    },
    pause(key, ms) {
      void access.tell(() => store.pause(key, Math.min(ms, longestStoredMs)))
    },
  }
}
