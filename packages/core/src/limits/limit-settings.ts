import type { Clock } from '../lib/clock.js'
import type { LimitStore } from './limit-store.js'

/** What limits need to know. */
export interface LimitSettings {
  readonly baseUrl: URL
  readonly cacheNameKey: Uint8Array<ArrayBuffer> | undefined
  readonly clock: Clock
  readonly requestsPerSecond: number | false
  readonly limitStore: LimitStore | undefined
  readonly timeouts: { readonly cacheMs: number }
}
