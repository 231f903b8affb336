import { layeredTokenCache, memoryTokenCache, type TokenCache } from '@tesouro-tokens/core'

/** The cache under test, and a way to see what only this process's memory holds. */
export interface CountedMemory {
  cache: TokenCache
  /** From now on the store behind has no values. */
  hideStore(): void
}

/** Memory alone, or in front of a shared cache. */
export function countedMemory(maxEntries: number, shared: TokenCache | undefined): CountedMemory {
  const local = memoryTokenCache({ maxEntries })
  if (shared === undefined) return { cache: local, hideStore() {} }
  let isHidden = false
  const get: TokenCache['get'] = async (key) => {
    const { generation, now, ...found } = await shared.get(key)
    return isHidden ? { generation, now } : { generation, now, ...found }
  }
  return {
    cache: layeredTokenCache({ local, shared: { ...shared, get } }),
    hideStore() {
      isHidden = true
    },
  }
}
