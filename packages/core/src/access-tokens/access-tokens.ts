import { runsInBackground } from '#runtime'
import type { CacheAccess, CacheRead, CallCache } from '../cache/cache-access.js'
import type { Copy, ObtainedToken, Person, SharedExchange } from '../cache/shared/person.js'
import { isTesouroTokensError, type TesouroTokensError, UpstreamUnavailableError } from '../errors.js'
import { type Clock, elapsedMs } from '../lib/clock.js'
import { keepAlive } from '../lib/promises.js'
import { eventOutcome, type Observer } from '../observer.js'
import { Exchange, type Replacement } from './exchange.js'
import { isRefusalOfUser } from './failure-kind.js'
import { FailureMemory } from './failure-memory.js'
import { SingleFlight, sharedRead } from './single-flight.js'
import { type CachedToken, isLateInWindow, obtained, usable } from './token-life.js'
import type { TokenRequest } from './token-request.js'

/** A call's request, the person's record that it began with, and what the cache answered. */
interface Asked extends Omit<Replacement, 'unwanted' | 'signal'> {
  /** The call that asks is given the old token, and does not wait. */
  background: boolean
}

interface AccessTokensParts {
  cache: CacheAccess
  clock: Clock
  observer: Observer
  callMs: number
  cacheMs: number
  waitUntil: ((work: Promise<unknown>) => void) | undefined
}

/** Access tokens from the cache, or from the platform by way of the cache. */
export class AccessTokens {
  readonly #parts: AccessTokensParts
  readonly #flights: SingleFlight
  readonly #failures: FailureMemory
  readonly #exchange: Exchange

  constructor(parts: AccessTokensParts) {
    this.#parts = parts
    this.#flights = new SingleFlight(parts)
    this.#failures = new FailureMemory(parts.clock)
    this.#exchange = new Exchange(parts, this.#failures)
  }

  get(request: TokenRequest): ObtainedToken | Promise<ObtainedToken> {
    const { key, user, call } = request
    const copy = this.#parts.cache.peek(key)
    const person = copy?.person ?? this.#parts.cache.people.of(key.subject)
    call.workFor(person)
    const refusal = person.failures && this.#failures.inForce('refusal', person, key.variant)
    if (refusal !== undefined) {
      this.#parts.observer.emit({ type: 'refusal', user, code: refusal.error.code })
      throw refusal.error
    }
    if (copy === undefined) return this.#readAndDecide(request, person)
    return this.#decide(request, person, this.#parts.cache.answerFrom(copy), { cache: undefined, copy })
  }

  close(): void {
    this.#flights.close()
  }

  async #readAndDecide(request: TokenRequest, person: Person): Promise<ObtainedToken> {
    const cache = this.#parts.cache.forCall()
    const read = await sharedRead(person, request.key, cache, this.#parts)
    // A logout or close() since the call began ended no exchange, because there was none yet: none begins now.
    request.call.throwIfEnded()
    return this.#decide(request, person, read, { cache, copy: undefined })
  }

  #decide(
    request: TokenRequest,
    person: Person,
    read: CacheRead,
    { cache, copy }: { cache: CallCache | undefined; copy: Copy | undefined },
  ): ObtainedToken | Promise<ObtainedToken> {
    const { key, user, rejectedToken } = request
    const asked = (background = false): Asked => ({
      background,
      request,
      person,
      read,
      cache: cache ?? this.#parts.cache.forCall(),
    })
    const cached = usable(read, key, this.#parts, copy)
    if (cached === undefined || cached.token.accessToken === rejectedToken) {
      this.#parts.observer.emit({ type: 'cache_miss', user })
      return this.#exchangeUnlike(asked())
    }

    const { state, leftMs: remainingMs } = cached
    this.#parts.observer.emit({ type: 'cache_hit', user, state, remainingMs })
    // A listener may have logged the person out.
    request.call.throwIfEnded()
    if (state === 'fresh') return obtained(cached)
    if (state === 'expiring') return this.#refreshOrServe(asked(), cached)
    const isUnderWay = this.#flights.find(person, key.variant) !== undefined
    if (runsInBackground || this.#parts.waitUntil !== undefined)
      this.#refreshInBackground(asked(true), cached)
    else if (isLateInWindow(cached, key) && !isUnderWay) return this.#refreshOrServe(asked(), cached)
    return obtained(cached)
  }

  /** Waits for the exchange of this variant, or starts it. `unwanted` is the token that is to be replaced. */
  async #exchanged(asked: Asked, unwanted: string | undefined): Promise<ObtainedToken> {
    const { request, person } = asked
    for (let isFirst = true; ; isFirst = false) {
      // A listener may have logged the person out, or closed the instance.
      request.call.throwIfEnded()
      const underWay = this.#flights.find(person, request.key.variant)
      const flight = underWay ?? this.#start(asked, unwanted)
      try {
        const token = await flight.result
        const { under = person.generationNow } = token
        // It was asked for before a renewal elsewhere that had shown when this call looked.
        const isOld = under !== person.generationNow && under !== asked.read?.generation
        if (!isOld || !isFirst || underWay === undefined) return token
      } catch (error) {
        // Another instance, which made the exchange, was closed: that ends no call of this one's.
        if (flight.owner === this.#flights || !isTesouroTokensError(error, 'closed')) throw error
      }
    }
  }

  #start(asked: Asked, unwanted: string | undefined): SharedExchange {
    const { request, person, background } = asked
    const { variant } = request.key
    const obtain = async (signal: AbortSignal): Promise<ObtainedToken> => {
      const token = await this.#exchange.run({ ...asked, unwanted, signal })
      if (unwanted !== undefined && unwanted === request.rejectedToken) {
        this.#failures.remember('replacement', person, variant, new UpstreamUnavailableError('refused'))
      }
      return token
    }
    const flight = this.#flights.start(person, variant, obtain, { background })
    keepAlive(flight.result, this.#parts.waitUntil)
    return flight
  }

  /** A token that is not the one that the platform has just refused. */
  async #exchangeUnlike(asked: Asked): Promise<ObtainedToken> {
    const { request, person } = asked
    const { rejectedToken } = request
    if (rejectedToken === undefined) return this.#exchanged(asked, undefined)
    const { variant } = request.key
    const replaced = this.#failures.inForce('replacement', person, variant)
    // A new token that is refused at once is not replaced by another for a while: the fault is not the token's.
    if (replaced !== undefined && this.#flights.find(person, variant) === undefined)
      throw replacedJustNow(replaced.leftMs)
    let token = await this.#exchanged(asked, rejectedToken)
    if (token.accessToken === rejectedToken) {
      // The exchange that this call joined has found just the token that was refused.
      request.call.throwIfEnded()
      token = await this.#exchanged(asked, rejectedToken)
    }
    return token
  }

  /** Replaces a token that is still served. */
  async #refresh(asked: Asked, old: CachedToken): Promise<ObtainedToken> {
    const { request, person, background } = asked
    const startedAt = this.#parts.clock.monotonic()
    const tell = (outcome: 'ok' | TesouroTokensError['code']): void => {
      const durationMs = this.#parts.clock.monotonic() - startedAt
      const { user } = request
      this.#parts.observer.emit({ type: 'refresh', user, background, outcome, durationMs })
    }
    try {
      const token = await this.#exchanged(asked, old.token.accessToken)
      tell('ok')
      return token
    } catch (error) {
      if (isTesouroTokensError(error) && !isRefusalOfUser(error) && !person.over) {
        this.#failures.remember('refresh', person, request.key.variant, error)
      }
      tell(eventOutcome(error))
      throw error
    }
  }

  #refreshInBackground(asked: Asked, old: CachedToken): void {
    const { request, person } = asked
    const { variant } = request.key
    if (this.#flights.find(person, variant) !== undefined) return
    if (this.#failures.inForce('refresh', person, variant) !== undefined) return
    this.#refresh(asked, old).catch(() => {})
  }

  /** Waits for a new token, and falls back to the old one where that is still valid and the user is not refused. */
  async #refreshOrServe(asked: Asked, old: CachedToken): Promise<ObtainedToken> {
    const { request, person } = asked
    if (this.#failures.inForce('refresh', person, request.key.variant) !== undefined) return obtained(old)
    try {
      const isUnderWay = this.#flights.find(person, request.key.variant) !== undefined
      const token = isUnderWay ? await this.#exchanged(asked, undefined) : await this.#refresh(asked, old)
      return token.accessToken === request.rejectedToken ? await this.#exchangeUnlike(asked) : token
    } catch (error) {
      request.call.throwIfEnded()
      const left = old.leftMs - elapsedMs(this.#parts.clock, old.readAt)
      const isLoggedOut = isTesouroTokensError(error, 'user_forgotten') // elsewhere: the old token ends with it
      if (left <= 0 || isLoggedOut || isRefusalOfUser(error)) throw error
      return { ...obtained(old), leftMs: left }
    }
  }
}

const replacedJustNow = (leftMs: number): UpstreamUnavailableError =>
  new UpstreamUnavailableError(
    'the platform refused an access token that had only just replaced another one: look at what this user may do, since the next token comes after a pause',
    { retryAfterSeconds: Math.ceil(leftMs / 1_000) },
  )
