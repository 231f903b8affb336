import { ConfigurationError } from '../errors.js'
import { isTokenCache } from './is-token-cache.js'
import { memoryTokenCache } from './memory-token-cache.js'
import { createFrontedCache } from './shared/shared-cache.js'
import type { TokenCache } from './token-cache.js'

/** What {@link layeredTokenCache} takes. */
export interface LayeredTokenCacheOptions {
  /** The cache that processes share, such as `redisTokenCache(…)`. */
  shared: TokenCache
  /** What stands in front of it in this process. Default `memoryTokenCache()`. */
  local?: TokenCache | undefined
}

/**
 * Puts this process's memory in front of a cache that processes share. A token that memory has is served without
 * asking the shared cache, for no longer than it lives there.
 *
 * A logout in another process reaches memory through `onForget` of the shared cache. Where logouts may have been
 * missed, and where the shared cache has no `onForget`, a user's generation is compared before their token is served,
 * at most once a second. While the shared cache is down, tokens live in memory; one that cannot be compared is served
 * for at most 300 s.
 *
 * Guards its shared cache by itself: 250 ms (`timeouts.cacheMs`) an operation, and after five failures in a row none
 * but a probe every half second.
 *
 * @throws ConfigurationError when one of both is no cache, or `local` is not in this process's memory
 *
 * @example
 * ```ts
 * import { layeredTokenCache, memoryTokenCache, type TokenCache } from '@tesouro-tokens/core'
 *
 * export const cacheInFrontOf = (shared: TokenCache) =>
 *   layeredTokenCache({ shared, local: memoryTokenCache({ maxEntries: 10_000 }) })
 * ```
 */
export function layeredTokenCache(options: LayeredTokenCacheOptions): TokenCache {
  const { shared, local }: Partial<LayeredTokenCacheOptions> = options ?? {}
  const problems: string[] = []
  if (!isTokenCache(shared)) problems.push('shared: must be a TokenCache (get, set, delete and forget)')
  if (local !== undefined && !isTokenCache(local))
    problems.push('local: must be a TokenCache, such as memoryTokenCache()')
  else if (local !== undefined && !local.local) {
    problems.push('local: is not in the memory of this process: give it as shared, or leave it out')
  }
  if (problems.length > 0 || shared === undefined) throw new ConfigurationError(problems)
  return createFrontedCache({
    shared,
    local: ({ clock }) => local ?? memoryTokenCache({ clock }),
    keepsAll: true,
  })
}
