import { runsInBackground } from '#runtime'
import type { CacheAccess, CacheRead } from '../cache/cache-access.js'
import type { TokenKey } from '../cache/token-cache.js'
import { type Clock, elapsedMs, type Moment, momentOf } from '../clock.js'
import {
  ClosedError,
  isTesouroTokensError,
  type TesouroTokensError,
  UpstreamResponseError,
  UserForgottenError,
} from '../errors.js'
import type { Observer } from '../observer.js'
import type { TokenGrant } from '../token-endpoint/token-endpoint.js'
import { createFailureMemory } from './failure-memory.js'
import { createFlights } from './flights.js'
import { type Freshness, freshness, isLateInWindow } from './freshness.js'
import { eventOutcome, outcomeOf, takeTurn } from './leased.js'
import { leftMs, readStored, type StoredToken, toStored } from './stored-token.js'

/** A token and how long it may still be used, in milliseconds; `undefined` where the platform did not say. */
export interface ObtainedToken {
  accessToken: string
  issuedTokenType: string | undefined
  leftMs: number | undefined
}

/** Which token is wanted, and how to get it from the platform. */
export interface TokenRequest {
  key: TokenKey
  /** The user's name in events. */
  user: string | undefined
  /** The token that the platform has just refused. */
  rejectedToken: string | undefined
  /** A logout of this person is under way that the cache has not recorded yet: nothing in the cache counts. */
  bypassCache: boolean
  obtain(signal: AbortSignal): Promise<TokenGrant>
}

/** Access tokens from the cache, or from the platform by way of the cache. */
export interface AccessTokens {
  get(request: TokenRequest): Promise<ObtainedToken>
  /** A logout, here or elsewhere: ends exchanges under way, whose results are thrown away. */
  forgetSubject(subject: string): void
  close(): void
}

interface CachedToken {
  token: StoredToken
  state: Exclude<Freshness, 'expired'>
  /** What was left of its life when it was read, in milliseconds. */
  leftMs: number
  readAt: Moment
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
  const background = runsInBackground || waitUntil !== undefined

  /** The token in an answer of the cache, if it can still be used. */
  const usable = (read: CacheRead, key: TokenKey): CachedToken | undefined => {
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

  /** Waits for the exchange of this key, or starts it. `unwanted` is the token that is to be replaced. */
  const exchange = (
    request: TokenRequest,
    unwanted: string | undefined,
    readAgain: boolean,
  ): Promise<ObtainedToken> => {
    const underWay = flights.find(request.key)
    if (underWay !== undefined) return underWay
    const flight = flights.start(request.key, (signal) => fly(request, unwanted, readAgain, signal))
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

  const fly = async (
    request: TokenRequest,
    unwanted: string | undefined,
    readAgain: boolean,
    signal: AbortSignal,
  ): Promise<ObtainedToken> => {
    const { key, user } = request
    // Another flight may have ended between this caller's look into the cache and now.
    const look = async (): Promise<{ read: CacheRead; found?: ObtainedToken }> => {
      const read = readAgain ? await cache.read(key) : undefined
      signal.throwIfAborted()
      const cached = usable(read, key)
      const good =
        cached !== undefined && cached.state !== 'expiring' && cached.token.accessToken !== unwanted
      return good ? { read, found: obtained(cached) } : { read }
    }

    const first = await look()
    if (first.found !== undefined) return first.found
    if (first.read === undefined) return await obtainAndStore(request, undefined, signal)

    const turn = await takeTurn({ cache, key, clock, observer, user, signal })
    if ('failed' in turn) throw turn.failed
    if ('alone' in turn) return await obtainAndStore(request, first.read.generation, signal)

    // A lease was waited for, or its owner has stored a token: what was read before may be old.
    try {
      const second = await look()
      const forgotten = second.read !== undefined && second.read.generation !== first.read.generation
      if (forgotten) throw new UserForgottenError()
      const token = second.found ?? (await obtainAndStore(request, second.read?.generation, signal))
      if ('lease' in turn)
        await turn.lease.release(token.leftMs === undefined ? { notCacheable: true } : { stored: true })
      return token
    } catch (error) {
      if ('lease' in turn) await turn.lease.release(outcomeOf(error))
      throw error
    }
  }

  const obtainAndStore = async (
    request: TokenRequest,
    generation: string | undefined,
    signal: AbortSignal,
  ): Promise<ObtainedToken> => {
    const { key } = request
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
    if (generation !== undefined) {
      const stored = await cache.write(key, JSON.stringify(token), { ttlMs: Math.floor(left), generation })
      signal.throwIfAborted()
      if (stored === false) throw new UserForgottenError()
    }
    return { accessToken, issuedTokenType, leftMs: left }
  }

  /** A token that has expired by the time it is here (the process was frozen, or its life is very short) is asked for once more. */
  const obtainAlive = async (request: TokenRequest, signal: AbortSignal): Promise<TokenGrant> => {
    for (const lastTry of [false, true]) {
      const grant = await request.obtain(signal)
      const { expiresIn, requestedAt } = grant
      if (expiresIn === undefined || expiresIn * 1000 - elapsedMs(clock, requestedAt) >= 1) return grant
      signal.throwIfAborted()
      if (lastTry) break
    }
    throw new UpstreamResponseError('the access token had expired before it arrived', { retryable: true })
  }

  /** Replaces a token that is still served. */
  const refresh = async (
    request: TokenRequest,
    old: CachedToken,
    inBackground: boolean,
  ): Promise<ObtainedToken> => {
    const startedAt = clock.monotonic()
    const tell = (outcome: 'ok' | TesouroTokensError['code']): void => {
      const durationMs = clock.monotonic() - startedAt
      observer.emit({ type: 'refresh', user: request.user, background: inBackground, outcome, durationMs })
    }
    try {
      const token = await exchange(request, old.token.accessToken, true)
      tell('ok')
      return token
    } catch (error) {
      if (isTesouroTokensError(error) && !isRefusalOfUser(error)) failedRefreshes.remember(request.key, error)
      tell(eventOutcome(error))
      throw error
    }
  }

  const refreshInBackground = (request: TokenRequest, old: CachedToken): void => {
    if (flights.find(request.key) !== undefined || failedRefreshes.inForce(request.key) !== undefined) return
    refresh(request, old, true).catch(() => {})
  }

  /** Waits for a new token, and falls back to the old one where that is still valid and the user is not refused. */
  const refreshOrServe = async (request: TokenRequest, old: CachedToken): Promise<ObtainedToken> => {
    if (failedRefreshes.inForce(request.key) !== undefined) return obtained(old)
    const underWay = flights.find(request.key)
    try {
      return await (underWay ?? refresh(request, old, false))
    } catch (error) {
      const left = old.leftMs - elapsedMs(clock, old.readAt)
      if (left <= 0 || isRefusalOfUser(error) || isFinal(error)) throw error
      return { ...obtained(old), leftMs: left }
    }
  }

  return {
    async get(request) {
      const { key, user, rejectedToken } = request
      const refusal = refusals.inForce(key)
      if (refusal !== undefined) {
        observer.emit({ type: 'refusal', user, code: refusal.code })
        throw refusal
      }
      const read = request.bypassCache ? undefined : await cache.read(key)
      const cached = usable(read, key)

      if (cached === undefined || cached.token.accessToken === rejectedToken) {
        observer.emit({ type: 'cache_miss', user })
        const token = await exchange(request, rejectedToken, read !== undefined)
        // The exchange that this call joined may have found just the token that was refused.
        return token.accessToken === rejectedToken
          ? await exchange(request, rejectedToken, read !== undefined)
          : token
      }

      const { state, token, leftMs: left } = cached
      observer.emit({ type: 'cache_hit', user, state })
      if (state === 'fresh') return obtained(cached)
      if (state === 'ageing') {
        if (background) refreshInBackground(request, cached)
        else if (isLateInWindow({ lifetimeMs: token.lifetimeMs, leftMs: left }, key)) {
          if (flights.find(key) === undefined) return await refreshOrServe(request, cached)
        }
        return obtained(cached)
      }
      return await refreshOrServe(request, cached)
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

function obtained({ token, leftMs: left }: CachedToken): ObtainedToken {
  return { accessToken: token.accessToken, issuedTokenType: token.issuedTokenType, leftMs: left }
}

const aboutTheClient: readonly (string | undefined)[] = [
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
]

/** Whether the platform refused this user's request, rather than the client or in passing. */
function isRefusalOfUser(error: unknown): error is TesouroTokensError {
  return (
    isTesouroTokensError(error, 'token_endpoint') &&
    error.status !== 401 &&
    !aboutTheClient.includes(error.error)
  )
}

/** Whether the call has to end, whatever tokens there are. */
function isFinal(error: unknown): boolean {
  return isTesouroTokensError(error, 'user_forgotten') || isTesouroTokensError(error, 'closed')
}
