import type { CacheRead, CallCache } from '../cache/cache-access.js'
import { isProvisional } from '../cache/shared/provisional.js'
import { UpstreamResponseError, UserForgottenError } from '../errors.js'
import { type Clock, elapsedMs, momentOf } from '../lib/clock.js'
import type { Observer } from '../observer.js'
import type { TokenGrant } from '../token-endpoint/token-endpoint.js'
import { obtained, usable } from './cached-token.js'
import { isRefusalOfUser } from './failure-kind.js'
import type { FailureMemory } from './failure-memory.js'
import { outcomeOf, takeTurn } from './lease.js'
import { leftMs, toStored } from './stored-token.js'
import type { ObtainedToken, TokenRequest } from './token-request.js'

/**
 * After that much time a process was frozen in the middle of an exchange. Caches forget a logout after ten minutes: what
 * was asked for before may be from before a logout that no cache would tell of any longer.
 */
const frozenAfterMs = 300_000

/** How a token is replaced. */
export interface Replacement {
  /** The token that is to be replaced; one that differs from it will do. */
  unwanted: string | undefined
  /** The cache, with what the call that starts the exchange has left to spend on it. */
  cache: CallCache
  /** What the cache answered that call; `undefined` when it could not be asked and is not worth asking again. */
  read: CacheRead
}

/**
 * The work of one flight: a last look into the cache, the lease where the cache has leases, the exchange, and
 * the token stored under the generation that was read before it.
 */
export function createExchange(parts: {
  clock: Clock
  observer: Observer
  refusals: FailureMemory
  failedRefreshes: FailureMemory
}): (request: TokenRequest, replacement: Replacement, signal: AbortSignal) => Promise<ObtainedToken> {
  const { clock, observer, refusals, failedRefreshes } = parts

  const obtainAndStore = async (
    request: TokenRequest,
    cache: CallCache,
    generation: string | undefined,
    signal: AbortSignal,
  ): Promise<ObtainedToken> => {
    const { key } = request
    const startedAt = momentOf(clock)
    const grant = await obtainAlive(request, signal).catch(async (error: unknown) => {
      if (isRefusalOfUser(error)) {
        refusals.remember(key, error)
        await cache.drop(key)
      }
      throw error
    })
    signal.throwIfAborted()
    refusals.clear(key)
    failedRefreshes.clear(key)

    const { accessToken, issuedTokenType, expiresIn } = grant
    if (expiresIn === undefined) return { accessToken, issuedTokenType, leftMs: undefined }
    const token = toStored({ ...grant, expiresIn })
    const left = leftMs(token, undefined, clock)
    if (generation !== undefined && elapsedMs(clock, startedAt) < frozenAfterMs) {
      const stored = await cache.write(key, JSON.stringify(token), { ttlMs: Math.floor(left), generation })
      signal.throwIfAborted()
      if (stored === false) throw new UserForgottenError()
    }
    return { accessToken, issuedTokenType, leftMs: left }
  }

  /** A token that is too old by the time it is here (the process was frozen, or its life is very short) is asked for once more. */
  const obtainAlive = async (request: TokenRequest, signal: AbortSignal): Promise<TokenGrant> => {
    for (const lastTry of [false, true]) {
      const grant = await request.obtain(signal)
      const { expiresIn, requestedAt } = grant
      const tookMs = elapsedMs(clock, requestedAt)
      const inTime = expiresIn === undefined || expiresIn * 1000 - tookMs >= 1
      if (inTime && tookMs < frozenAfterMs) return grant
      signal.throwIfAborted()
      if (lastTry) break
    }
    throw new UpstreamResponseError('the access token was too old when it arrived', { retryable: true })
  }

  return async (request, { unwanted, cache, read: readBefore }, signal) => {
    const { key, user } = request
    // Another flight, or another process, may have stored a token between the caller's look into the cache and now.
    // Where there is no time for another look, the one before it does: its generation is as good, only older.
    const look = async (before: CacheRead): Promise<{ read: CacheRead; found?: ObtainedToken }> => {
      const read = before && ((await cache.read(key, { behind: true })) ?? before)
      signal.throwIfAborted()
      const cached = usable(read, key, parts)
      const good =
        cached !== undefined && cached.state !== 'expiring' && cached.token.accessToken !== unwanted
      return good ? { read, found: obtained(cached) } : { read }
    }

    const first = await look(readBefore)
    if (first.found !== undefined) return first.found
    if (first.read === undefined || first.read.alone) {
      return await obtainAndStore(request, cache, first.read?.generation, signal)
    }

    const turn = await takeTurn({ cache, key, clock, observer, user, signal })
    if ('failed' in turn) throw turn.failed
    if ('alone' in turn) return await obtainAndStore(request, cache, first.read.generation, signal)

    // A lease was waited for, or its owner has stored a token: what was read before may be old.
    try {
      const second = await look(first.read)
      if (isForgotten(first.read, second.read)) throw new UserForgottenError()
      const token = second.found ?? (await obtainAndStore(request, cache, second.read?.generation, signal))
      if ('lease' in turn)
        await turn.lease.release(token.leftMs === undefined ? { notCacheable: true } : { stored: true })
      return token
    } catch (error) {
      if ('lease' in turn) await turn.lease.release(outcomeOf(error))
      throw error
    }
  }
}

/** Whether the user was logged out between two looks, as far as generations of the store's own tell. */
function isForgotten(before: CacheRead, after: CacheRead): boolean {
  if (before === undefined || after === undefined) return false
  if (isProvisional(before.generation) || isProvisional(after.generation)) return false
  return before.generation !== after.generation
}
