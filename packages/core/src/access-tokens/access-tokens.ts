import { runsInBackground } from '#runtime'
import type { CacheAccess, CacheRead, CallCache } from '../cache/cache-access.js'
import { ClosedError, isTesouroTokensError, type TesouroTokensError, UserForgottenError } from '../errors.js'
import { type Clock, elapsedMs } from '../lib/clock.js'
import type { Observer } from '../observer.js'
import { type CachedToken, obtained, usable } from './cached-token.js'
import { createExchange } from './exchange.js'
import { isRefusalOfUser } from './failure-kind.js'
import { createFailureMemory } from './failure-memory.js'
import { isLateInWindow } from './freshness.js'
import { eventOutcome } from './lease.js'
import { createFlights } from './single-flight.js'
import type { ObtainedToken, TokenRequest } from './token-request.js'

/** Access tokens from the cache, or from the platform by way of the cache. */
export interface AccessTokens {
  get(request: TokenRequest): ObtainedToken | Promise<ObtainedToken>
  /** A logout, here or elsewhere: ends exchanges under way, whose results are thrown away. */
  forgetSubject(subject: string): void
  close(): void
}

export function createAccessTokens(parts: {
  cache: CacheAccess
  clock: Clock
  observer: Observer
  callMs: number
  waitUntil: ((work: Promise<unknown>) => void) | undefined
}): AccessTokens {
  const { cache, clock, observer, callMs, waitUntil } = parts
  const flights = createFlights<ObtainedToken>({ clock, callMs })
  const refusals = createFailureMemory(clock, { jitter: 0 })
  const failedRefreshes = createFailureMemory(clock, { jitter: 0.2 })
  const work = createExchange({ clock, observer, refusals, failedRefreshes })
  const background = runsInBackground || waitUntil !== undefined

  /** Waits for the exchange of this key, or starts it. `unwanted` is the token that is to be replaced. */
  const exchange = (
    request: TokenRequest,
    unwanted: string | undefined,
    asked: { cache: CallCache; read: CacheRead },
  ): Promise<ObtainedToken> => {
    const underWay = flights.find(request.key)
    if (underWay !== undefined) return underWay
    const flight = flights.start(request.key, (signal) => work(request, { unwanted, ...asked }, signal))
    keepAlive(flight)
    return flight
  }

  const keepAlive = (work: Promise<unknown>): void => {
    const settled = work.then(
      () => {},
      () => {},
    )
    try {
      waitUntil?.(settled)
    } catch {
      // outside of a request there may be nothing to keep alive
    }
  }

  /** Replaces a token that is still served. */
  const refresh = async (
    request: TokenRequest,
    old: CachedToken,
    asked: { cache: CallCache; read: CacheRead },
    inBackground: boolean,
  ): Promise<ObtainedToken> => {
    const startedAt = clock.monotonic()
    const tell = (outcome: 'ok' | TesouroTokensError['code']): void => {
      const durationMs = clock.monotonic() - startedAt
      observer.emit({ type: 'refresh', user: request.user, background: inBackground, outcome, durationMs })
    }
    try {
      const token = await exchange(request, old.token.accessToken, asked)
      tell('ok')
      return token
    } catch (error) {
      if (isTesouroTokensError(error) && !isRefusalOfUser(error)) failedRefreshes.remember(request.key, error)
      tell(eventOutcome(error))
      throw error
    }
  }

  const refreshInBackground = (request: TokenRequest, old: CachedToken, read: CacheRead): void => {
    if (flights.find(request.key) !== undefined || failedRefreshes.inForce(request.key) !== undefined) return
    refresh(request, old, { cache: cache.forCall(), read }, true).catch(() => {})
  }

  /** Waits for a new token, and falls back to the old one where that is still valid and the user is not refused. */
  const refreshOrServe = async (
    request: TokenRequest,
    old: CachedToken,
    asked: { cache: CallCache; read: CacheRead },
  ): Promise<ObtainedToken> => {
    if (failedRefreshes.inForce(request.key) !== undefined) return obtained(old)
    const underWay = flights.find(request.key)
    try {
      return await (underWay ?? refresh(request, old, asked, false))
    } catch (error) {
      const left = old.leftMs - elapsedMs(clock, old.readAt)
      if (left <= 0 || isRefusalOfUser(error) || isFinal(error)) throw error
      return { ...obtained(old), leftMs: left }
    }
  }

  const readAndDecide = async (request: TokenRequest): Promise<ObtainedToken> => {
    const call = cache.forCall()
    const read = request.bypassCache ? undefined : await call.read(request.key)
    // A logout or close() since the call began ended no exchange, because there was none yet: none begins now.
    request.throwIfEnded()
    return decide(request, read, call)
  }

  const decide = (
    request: TokenRequest,
    read: CacheRead,
    call?: CallCache,
  ): ObtainedToken | Promise<ObtainedToken> => {
    const { key, user, rejectedToken } = request
    const asked = (): { cache: CallCache; read: CacheRead } => ({ cache: call ?? cache.forCall(), read })
    const cached = usable(read, key, parts)
    if (cached === undefined || cached.token.accessToken === rejectedToken) {
      observer.emit({ type: 'cache_miss', user })
      return exchangeUnlike(request, asked())
    }

    const { state, token, leftMs: left } = cached
    observer.emit({ type: 'cache_hit', user, state })
    if (state === 'fresh') return obtained(cached)
    if (state === 'expiring') return refreshOrServe(request, cached, asked())
    if (background) refreshInBackground(request, cached, read)
    else if (isLateInWindow({ lifetimeMs: token.lifetimeMs, leftMs: left }, key)) {
      if (flights.find(key) === undefined) return refreshOrServe(request, cached, asked())
    }
    return obtained(cached)
  }

  /** A token that is not the one that the platform has just refused. */
  const exchangeUnlike = async (
    request: TokenRequest,
    asked: { cache: CallCache; read: CacheRead },
  ): Promise<ObtainedToken> => {
    const { rejectedToken } = request
    const token = await exchange(request, rejectedToken, asked)
    // The exchange that this call joined may have found just the token that was refused.
    if (token.accessToken !== rejectedToken) return token
    request.throwIfEnded()
    return exchange(request, rejectedToken, asked)
  }

  return {
    get(request) {
      const { key, user } = request
      // A logout or close() that came first: neither the cache nor the platform is asked for this call.
      request.throwIfEnded()
      const refusal = refusals.inForce(key)
      if (refusal !== undefined) {
        observer.emit({ type: 'refusal', user, code: refusal.code })
        throw refusal
      }
      const inMemory = request.bypassCache ? undefined : cache.atOnce(key)
      return inMemory === undefined ? readAndDecide(request) : decide(request, inMemory)
    },

    forgetSubject(subject) {
      flights.endFor(subject, new UserForgottenError())
      refusals.clearSubject(subject)
      failedRefreshes.clearSubject(subject)
    },

    close() {
      flights.endAll(new ClosedError())
    },
  }
}

/** Whether the call has to end, whatever tokens there are. */
function isFinal(error: unknown): boolean {
  return isTesouroTokensError(error, 'user_forgotten') || isTesouroTokensError(error, 'closed')
}
