import { type CacheAccess, type CacheRead, type CallCache, heardWithinMs } from '../cache/cache-access.js'
import { isOwnGeneration, type ObtainedToken, type Person } from '../cache/shared/person.js'
import { UpstreamResponseError, UserForgottenError } from '../errors.js'
import { type Clock, elapsedMs, momentOf } from '../lib/clock.js'
import type { Observer } from '../observer.js'
import type { TokenGrant } from '../token-endpoint/token-endpoint.js'
import { isRefusalOfUser } from './failure-kind.js'
import type { FailureMemory } from './failure-memory.js'
import { outcomeOf, takeTurn } from './lease.js'
import { leftMs, obtained, toStored, usable } from './token-life.js'
import type { TokenRequest } from './token-request.js'

/**
 * After that much time a process was frozen in the middle of an exchange. Caches forget a logout after ten minutes: what
 * was asked for before may be from before a logout that no cache would report any longer.
 */
const frozenAfterMs = 300_000

type ExchangeParts = { cache: CacheAccess; clock: Clock; observer: Observer; callMs: number }

/** How a token is replaced. */
export interface Replacement {
  request: TokenRequest
  person: Person
  /** The token that is to be replaced; one that differs from it will do. */
  unwanted: string | undefined
  /** The cache, with what the call that starts the exchange has left to spend on it. */
  cache: CallCache
  /** What the cache answered that call; `undefined` when it could not be asked and is not worth asking again. */
  read: CacheRead
  /** Ends the exchange. */
  signal: AbortSignal
}

/**
 * The work of one flight: the lease where the cache has leases, another look into the cache, the exchange, and the token
 * stored under the generation that was read before it.
 */
export class Exchange {
  readonly #parts: ExchangeParts
  readonly #failures: FailureMemory

  constructor(parts: ExchangeParts, failures: FailureMemory) {
    this.#parts = parts
    this.#failures = failures
  }

  async run(replacement: Replacement): Promise<ObtainedToken> {
    const { request, cache, read: before, signal } = replacement
    const { key, user } = request
    const hasStore = before !== undefined && !before.alone
    const release = hasStore ? await takeTurn({ ...this.#parts, cache, key, user, signal }) : undefined
    let token: ObtainedToken
    try {
      signal.throwIfAborted()
      // The owner of the lease, or another flight, may have stored a token since the call's look. Where there is no time
      // for another look, the one before it does: its generation is as good, only older.
      const again = before && ((await cache.read(key, { behind: true })) ?? before)
      signal.throwIfAborted()
      const now = { ...replacement, read: again }
      token = this.#found(now) ?? { ...(await this.#obtain(now)), under: again?.generation }
    } catch (error) {
      await release?.(outcomeOf(error))
      throw error
    }
    const { leftMs: left } = token
    const readAt = momentOf(this.#parts.clock)
    await release?.(left === undefined ? { notCacheable: true } : { stored: true })
    if (left === undefined) return token
    // A process that stood still meanwhile has let the token grow old.
    const leftNow = left - elapsedMs(this.#parts.clock, readAt)
    if (leftNow <= 0) throw expiredOnItsWay()
    return { ...token, leftMs: leftNow }
  }

  #found({ request, unwanted, read }: Replacement): ObtainedToken | undefined {
    const cached = usable(read, request.key, this.#parts)
    const good = cached !== undefined && cached.state !== 'expiring' && cached.token.accessToken !== unwanted
    return good ? obtained(cached) : undefined
  }

  async #obtain(replacement: Replacement): Promise<ObtainedToken> {
    const { request, person, cache, read, signal } = replacement
    const { key } = request
    const { told } = person
    const startedAt = momentOf(this.#parts.clock)
    const grant = await this.#obtainAlive(replacement).catch(async (error: unknown) => {
      if (isRefusalOfUser(error) && !person.over) {
        this.#failures.remember('refusal', person, key.variant, error)
        await cache.drop(key)
      }
      throw error
    })
    signal.throwIfAborted()
    if (person.failures !== undefined) this.#failures.clear(person, key.variant)
    const isBlind = (read === undefined || read.alone) && !this.#parts.cache.people.hasHeard(key.subject)
    if (isBlind && elapsedMs(this.#parts.clock, startedAt) >= heardWithinMs) {
      const now = await cache.readAfterRefusal(key)
      signal.throwIfAborted()
      // Its first generation may be one from after a logout, and the token one from before.
      if (told === undefined && now && !now.alone) return this.#obtain({ ...replacement, read: now })
    }

    const { accessToken, issuedTokenType, expiresIn } = grant
    const token = expiresIn === undefined ? undefined : toStored({ ...grant, expiresIn })
    const left = token && leftMs(token, undefined, this.#parts.clock)
    // The credentials may have changed since the token got its name: it is not kept under another client's.
    const isNamedRight = grant.clientId === request.clientId
    const isYoung = elapsedMs(this.#parts.clock, startedAt) < frozenAfterMs
    // A renewal on its way into the store (a logout would have ended this): it drops what is kept there.
    const isRenewed = person.recording !== undefined && !isOwnGeneration(read?.generation ?? '')
    let stored: boolean | undefined
    if (left !== undefined && read !== undefined && isNamedRight && isYoung && !isRenewed) {
      const how = { ttlMs: Math.floor(left), generation: read.generation }
      stored = await cache.write(key, JSON.stringify(token), how)
      signal.throwIfAborted()
      if (stored === false) await this.#afterRefusal(replacement)
    }
    // Where the store has not compared the generation, it is asked whether there was a logout meanwhile.
    if (stored === undefined && read !== undefined && !read.alone) await cache.readAfterRefusal(key)
    signal.throwIfAborted()
    return { accessToken, issuedTokenType, leftMs: token && leftMs(token, undefined, this.#parts.clock) }
  }

  /**
   * The store did not take the token. After a logout, which ends this exchange once the store has told of it, nobody gets
   * it; after a renewal, or where the store has lost what it knew, this call does.
   */
  async #afterRefusal({ request, cache, person, signal }: Replacement): Promise<void> {
    await person.recording?.recorded.catch(() => {}) // until then the store cannot tell
    signal.throwIfAborted()
    const now = await cache.readAfterRefusal(request.key)
    signal.throwIfAborted()
    if (now === undefined || now.alone) throw new UserForgottenError()
  }

  /** A token that is too old by the time it is here (the process was frozen, or its life is very short) is asked for once more. */
  async #obtainAlive({ request, signal }: Replacement): Promise<TokenGrant> {
    for (let tries = 0; tries < 2; tries += 1) {
      const grant = await request.obtain(signal)
      const { expiresIn, requestedAt } = grant
      const tookMs = elapsedMs(this.#parts.clock, requestedAt)
      const inTime = expiresIn === undefined || expiresIn * 1000 - tookMs >= 1
      if (inTime && tookMs < frozenAfterMs) return grant
      signal.throwIfAborted()
    }
    throw expiredOnItsWay()
  }
}

const expiredOnItsWay = (): UpstreamResponseError =>
  new UpstreamResponseError(
    'the access token had expired when it arrived: the answer took longer than the token lives',
    { retryable: true },
  )
