import { memoryTokenCache, type TokenCache, type TokenKey } from '@tesouro-tokens/core'

/** A memory cache, and how many tokens it holds. */
export function countedMemory(maxEntries: number): { cache: TokenCache; entries(): Promise<number> } {
  const cache = memoryTokenCache({ maxEntries })
  /** Every key that was ever stored, by its subject: a user has one here. */
  const keys = new Map<string, TokenKey>()
  return {
    cache: {
      ...cache,
      set(key, value, options) {
        if (!keys.has(key.subject)) keys.set(key.subject, key)
        return cache.set(key, value, options)
      },
    },
    async entries() {
      let held = 0
      for (const key of keys.values()) {
        if ((await cache.get(key)).value !== undefined) held += 1
      }
      return held
    },
  }
}
