import { hashNameWith } from '../identity/token-key.js'
import type { LimitSettings } from './limit-settings.js'
import { createStoreAccess } from './store-access.js'

/** How many widget tokens a person may have within a time. */
export interface MintLimit {
  points: number
  windowMs: number
}

/**
 * Counts one widget token where all processes count: milliseconds until the next one, 0 for now, `undefined` where
 * there is no store or it is no help.
 */
export type CountMint = (name: string, limit: MintLimit) => Promise<number | undefined>

/** Names are hashes, under `cacheNameKey` where there is one. */
export function createMintCounts(
  { limitStore: store, cacheNameKey, clock, timeouts }: Omit<LimitSettings, 'baseUrl' | 'requestsPerSecond'>,
  onFailure: Parameters<typeof createStoreAccess>[0]['onFailure'],
): CountMint {
  if (store === undefined) return async () => undefined
  const hash = hashNameWith(cacheNameKey)
  const access = createStoreAccess({
    ms: timeouts.cacheMs,
    monotonic: () => clock.monotonic(),
    ...(onFailure && { onFailure }),
  })
  return (name, limit) => access.wait(() => store.count(hash(name), limit))
}
