import type { CacheAnswer } from './check-answer.js'
import type { TokenCache, TokenKey } from './token-cache.js'

/**
 * What a `get` that only looks into this process's memory answers, without the promise. By function and not by cache: a
 * `get` that somebody has replaced or wrapped is called like any other.
 */
const looks = new WeakMap<TokenCache['get'], (key: TokenKey) => CacheAnswer>()

/** Makes a cache's `get` out of a look into memory. */
export function getAtOnce(look: (key: TokenKey) => CacheAnswer): TokenCache['get'] {
  const get = async (key: TokenKey): Promise<CacheAnswer> => look(key)
  looks.set(get, look)
  return get
}

/** The cache's answer, if nobody has to wait for it. */
export function answerAtOnce(cache: TokenCache, key: TokenKey): CacheAnswer | undefined {
  return looks.get(cache.get)?.(key)
}
