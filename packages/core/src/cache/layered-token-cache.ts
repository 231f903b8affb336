import { type OptionShape, optional, readerOf, required, shapeOf, unless } from '../lib/option.js'
import { optionalMembers } from './check-answer.js'
import { MemoryCache } from './memory-token-cache.js'
import { notRecorded } from './shared/logout-queue.js'
import { SharedCache } from './shared/shared-cache.js'
import { answering, behind, stateOf } from './shared/store-state.js'
import { cacheProblem, type TimedTokenCache, type TokenCache } from './token-cache.js'

/** What {@link layeredTokenCache} takes. */
export interface LayeredTokenCacheOptions {
  /** The cache that processes share, such as `redisTokenCache(…)`. */
  shared: TokenCache
  /** The memory in front of it, in this process: a `memoryTokenCache` with its `maxEntries`. Default `memoryTokenCache()`. */
  local?: TokenCache | undefined
}

/** The memory behind a cache that `memoryTokenCache` made; not behind a copy of it that somebody has changed. */
function memoryOf(cache: unknown): MemoryCache | undefined {
  const memory = answering.get(Object(cache))
  return memory instanceof MemoryCache ? memory : undefined
}

const memoryProblem = unless(
  (value) => memoryOf(value) !== undefined,
  'must be memoryTokenCache(…). What stands in front is kept in the memory of this process: give another cache as shared, or leave it out',
)
const shape = shapeOf<LayeredTokenCacheOptions>()({
  shared: required<TokenCache>(cacheProblem, 'The cache that processes share'),
  local: optional<TokenCache>(memoryProblem, 'The memory in front of it', '`memoryTokenCache()`'),
})
const read = readerOf(shape)
/** What is said of each option of `layeredTokenCache`. */
export const layeredTokenCacheShape: OptionShape<LayeredTokenCacheOptions> = shape

/**
 * Puts this process's memory in front of a cache that processes share. A token that memory has is served without
 * asking the shared cache, for no longer than it lives there.
 *
 * A logout in another process reaches memory through `onForget` of the shared cache. Where logouts may have been
 * missed, and where the shared cache has no `onForget`, a user's generation is compared before their token is served,
 * at most once a second. While the shared cache is down, tokens live in memory; one that cannot be compared is served
 * for at most 300 s.
 *
 * It has a circuit breaker around its shared cache: 250 ms (`timeouts.cacheMs`) an operation, and after five failures in
 * a row none but a probe every half second.
 *
 * @throws ConfigurationError when `shared` is no cache, or `local` is not made by `memoryTokenCache`
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
  const { shared, local } = read(options ?? {})
  const cache = new SharedCache(shared, stateOf(shared, memoryOf(local)?.options), { front: true })
  const layered = facadeOf(cache, shared)
  answering.set(layered, cache)
  behind.set(layered, shared)
  return layered
}

/** The layer as a cache. */
function facadeOf(cache: SharedCache, shared: TokenCache): TimedTokenCache {
  const { state } = cache
  const { lease, onForget, hears } = optionalMembers(shared)
  return {
    local: true,
    get: (key, call) => cache.get(key, call),
    set: async (key, value, how, call) => (await cache.set(key, value, how, call)) ?? true,
    delete: (key, call) => cache.delete(key, call),
    async forget(subject, request = { id: crypto.randomUUID() }) {
      const { firstTry, recorded } = cache.forget(subject, request, state.people.nextLogout())
      if (!(await firstTry)) await Promise.race([recorded, Promise.reject(notRecorded())])
      return recorded
    },
    ...(lease !== undefined && {
      lease: async (key, ttlMs, how, call) => (await cache.lease(key, ttlMs, how, call)) ?? { busy: true },
    }),
    ...(onForget !== undefined && { onForget: (listener) => state.onForget(listener) }),
    ...(hears !== undefined && { hears }),
    close: () => cache.close(),
  }
}
