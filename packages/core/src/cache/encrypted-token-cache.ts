import type { CacheFailureEvent } from '../events.js'
import type { TokenKey } from '../identity/token-key.js'
import { cacheKeysSchema } from '../lib/cache-keys.js'
import { ownMembers } from '../lib/given.js'
import { hexKeyBytes } from '../lib/hex-key.js'
import { checkedBy, type OptionShape, readerOf, required, shapeOf } from '../lib/option.js'
import { type CacheAnswer, optionalMembers, readAnswer, readValues } from './check-answer.js'
import { createSealing, type SealedTerms } from './sealing.js'
import { behind, stateOf } from './shared/store-state.js'
import { cacheProblem, type TimedTokenCache, type TokenCache } from './token-cache.js'

/** Options of {@link encryptedTokenCache}. */
export interface EncryptedTokenCacheOptions {
  /** 64 hex digits each (32 bytes): the first encrypts, all decrypt. To rotate, put the new key in front. */
  keys: readonly string[]
}

const shape = shapeOf<EncryptedTokenCacheOptions>()({
  keys: required(cacheKeysSchema('keys'), '64 hex digits each (32 bytes): the first encrypts, all decrypt'),
})
const read = readerOf({ inner: checkedBy<TokenCache>(cacheProblem), ...shape })
/** What is said of each option of `encryptedTokenCache`. */
export const encryptedTokenCacheShape: OptionShape<EncryptedTokenCacheOptions> = shape

/**
 * Seals the values of another cache: a reader of that store learns no token. Every value has a content key of its
 * own, wrapped by the first of `keys` (A256KW and A256GCM, RFC 7518 §4.4 and §5.3). It is bound to its name, to the
 * user's generation and to the end of its life. A value that was moved to another name, put back after a logout or kept
 * alive does not open. What does not open is a miss, and a `cache_failure` event with the reason `unopened`. The end of
 * life goes by the store's clock where it tells the time, else by the processes' wall clocks, which then have to agree.
 *
 * Names pass through as they are. Put it inside of `layeredTokenCache`, around the shared cache: then a token is opened
 * once and not for every call.
 *
 * @throws ConfigurationError with every problem found, naming keys by their place and never showing a character
 *
 * @example
 * ```ts
 * import { cacheKeysFromEnv, encryptedTokenCache, layeredTokenCache, type TokenCache } from '@tesouro-tokens/core'
 *
 * export function sealed(shared: TokenCache): TokenCache {
 *   return layeredTokenCache({ shared: encryptedTokenCache(shared, { keys: cacheKeysFromEnv() }) })
 * }
 * ```
 */
export function encryptedTokenCache(inner: TokenCache, options: EncryptedTokenCacheOptions): TokenCache {
  const { keys } = read({ ...options, inner })
  const { seal, open } = createSealing(keys.map(hexKeyBytes))
  const state = stateOf(inner)
  const timed: TimedTokenCache = inner

  /** How far the store's clock is ahead of this process's: processes whose clocks disagree agree on the store's. */
  let aheadMs = 0
  const storeNow = (): number => state.clock.now() + aheadMs

  const tell = (operation: CacheFailureEvent['operation']): void =>
    state.user.emit({ type: 'cache_failure', operation, reason: 'unopened' })

  const opened = async (given: CacheAnswer, key: TokenKey): Promise<CacheAnswer> => {
    const answer: Partial<CacheAnswer> = ownMembers(readAnswer(given))
    const { now, value: sealed, remainingMs = Number.POSITIVE_INFINITY, generation = '' } = answer
    if (now !== undefined) aheadMs = now - state.clock.now()
    if (sealed === undefined) return given
    const found = await open(sealed)
    const left = found === undefined ? 0 : Number(found.terms.until) - storeNow()
    if (found !== undefined && left > 0 && isFor(key, generation, found.terms)) {
      return ownMembers({ generation, now, value: found.value, remainingMs: Math.min(remainingMs, left) })
    }
    tell('get')
    return ownMembers({ generation, now })
  }

  /** What a logout dropped. A value that does not open is passed on as it is, so that it is counted. */
  const openedAll = async (values: unknown): Promise<string[]> =>
    Promise.all(
      readValues(values).map(async (sealed) => {
        const found = await open(sealed)
        if (found === undefined) tell('forget')
        return found?.value ?? sealed
      }),
    )

  const cache: TimedTokenCache = {
    get: async (key, call) => opened(await timed.get(key, call), key),
    set: async (key, value, how, call) => {
      const until = storeNow() + how.ttlMs
      return timed.set(key, await seal(value, { ...key, generation: how.generation, until }), how, call)
    },
    delete: (key, call) => timed.delete(key, call),
    forget: async (subject, request) => openedAll(await timed.forget(subject, request)),
    ...optionalMembers(timed),
  }
  behind.set(cache, inner)
  return cache
}

/** Whether a value was sealed for this name and generation. */
function isFor(key: TokenKey, generation: string, terms: SealedTerms): boolean {
  return terms.subject === key.subject && terms.variant === key.variant && terms.generation === generation
}
