import type { CacheRead } from '../cache/cache-access.js'
import type { TokenKey } from '../cache/token-cache.js'
import { type Clock, type Moment, momentOf } from '../lib/clock.js'
import type { Observer } from '../observer.js'
import { type Freshness, freshness } from './freshness.js'
import { leftMs, readStored, type StoredToken } from './stored-token.js'
import type { ObtainedToken } from './token-request.js'

/** A token from the cache that can still be used. */
export interface CachedToken {
  token: StoredToken
  state: Exclude<Freshness, 'expired'>
  /** What was left of its life when it was read, in milliseconds. */
  leftMs: number
  readAt: Moment
}

/** The token in an answer of the cache, if it can still be used. */
export function usable(
  read: CacheRead,
  key: TokenKey,
  { clock, observer }: { clock: Clock; observer: Observer },
): CachedToken | undefined {
  if (read?.value === undefined) return undefined
  const token = readStored(read.value)
  if (token === undefined) {
    observer.emit({ type: 'cache_failure', operation: 'get', reason: 'unreadable' })
    return undefined
  }
  const left = leftMs(token, read.remainingMs, clock)
  const state = freshness({ lifetimeMs: token.lifetimeMs, leftMs: left }, key)
  return state === 'expired' ? undefined : { token, state, leftMs: left, readAt: momentOf(clock) }
}

export function obtained({ token, leftMs: left }: CachedToken): ObtainedToken {
  return { accessToken: token.accessToken, issuedTokenType: token.issuedTokenType, leftMs: left }
}
