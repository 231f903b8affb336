import type { TokenCache } from './token-cache.js'

const users = new WeakMap<TokenCache, number>()

/**
 * Several instances (one for each tenant, say) may share a cache; it is closed with the last of them.
 * Returns what the instance calls when it closes.
 */
export function closeWithLastUser(cache: TokenCache): () => Promise<void> {
  users.set(cache, (users.get(cache) ?? 0) + 1)
  return async () => {
    const left = (users.get(cache) ?? 1) - 1
    users.set(cache, left)
    if (left === 0) await cache.close?.()
  }
}
