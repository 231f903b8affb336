import { type CacheUnavailableError, isTesouroTokensError } from '../errors.js'
import type { TokenKey } from '../identity/token-key.js'
import { elapsedMs, type Moment, momentOf } from '../lib/clock.js'
import { type Abortable, createTimeBudget, type TimeBudget } from '../lib/deadline.js'
import { ownMembers } from '../lib/given.js'
import { type CacheAnswer, optionalMembers, readNothing } from './check-answer.js'
import { MemoryCache } from './memory-token-cache.js'
import { attempt, type CacheUser } from './shared/circuit-breaker.js'
import { notRecorded } from './shared/logout-queue.js'
import type { People } from './shared/people.js'
import type { Copy } from './shared/person.js'
import { SharedCache } from './shared/shared-cache.js'
import { answering, type ForgetListener, stateOf } from './shared/store-state.js'
import type { ForgetRequest, KeptFor, Lease, LeaseAnswer, LeaseOutcome, TokenCache } from './token-cache.js'

/** What the cache holds for a key, or that it could not be asked. */
export type CacheRead = CacheAnswer | undefined

/** A logout elsewhere counts within this time. */
export const heardWithinMs = 1_000

const probe: TokenKey = { subject: 'health', variant: 'logout' }

/** The cache as the rest of core uses it. Only `forget` rejects: a cache fails no call. */
export class CacheAccess {
  readonly people: People
  readonly #cache: SharedCache | MemoryCache
  readonly #given: TokenCache
  readonly #user: CacheUser
  readonly #leave: () => boolean

  constructor(given: TokenCache, user: CacheUser) {
    this.#given = given
    this.#user = user
    this.#cache = partOf(given)
    if (this.#cache instanceof SharedCache) this.#cache.isUsedDirectly = true
    const { state } = this.#cache
    this.people = state.people
    this.#leave = state.join(user)
    state.listen()
  }

  /** What this process's memory can answer at once; `undefined`: the cache has to be read. */
  peek(key: TokenKey): Copy | undefined {
    return this.#cache.peek(key)
  }

  /** A copy as an answer of the cache. */
  answerFrom(copy: Copy): CacheAnswer {
    return this.#cache.answerFrom(copy)
  }

  /** The cache for one call, or for one piece of work in the background. */
  forCall(): CallCache {
    return new CallCache(this.#cache, this.#user)
  }

  /** Asks the store for a logout that it does not announce, or whose announcement cannot arrive. Never rejects. */
  async look(subject: string): Promise<void> {
    if (this.#cache instanceof SharedCache && !this.people.hasHeard(subject))
      await this.forCall().read({ subject, variant: '' }, { behind: true })
  }

  /**
   * The same after work that took long enough for a logout to count. `looked`: the look at its beginning. Gives when the
   * last look began, or that work.
   */
  async lookAgain(subject: string, since: Moment, looked?: Promise<void>): Promise<Moment> {
    const now = momentOf(this.#user.clock)
    if (elapsedMs(this.#user.clock, since) < heardWithinMs) return since
    await looked
    await this.look(subject)
    return now
  }

  /** Whether the cache answers; at once while its circuit breaker is open. */
  answers(): Promise<boolean> {
    return this.#cache.state.answers()
  }

  /**
   * A logout or renewal: takes effect here before this returns. `here`: the values that this process has dropped.
   * `recorded` resolves, with every value that was dropped, once the store has recorded it.
   */
  forget(
    subject: string,
    request: ForgetRequest,
    order: number,
  ): { here: readonly string[]; recorded: Promise<string[]>; firstTry: Promise<boolean> } {
    return this.#cache.forget(subject, request, order)
  }

  /** Why no logout can be recorded and announced; `undefined` when one of nobody was. */
  async refusesLogouts(closing: Abortable): Promise<CacheUnavailableError | undefined> {
    const cache = this.forCall()
    const read = await cache.read(probe)
    // A logout needs more rights where it finds a token.
    if (read !== undefined && !closing.aborted)
      await cache.write(probe, '{}', { ttlMs: 1_000, generation: read.generation })
    // Nobody would stop what it begins.
    if (closing.aborted) throw closing.reason
    const logout = this.forget(probe.subject, { id: crypto.randomUUID() }, this.people.nextLogout())
    if (!(await logout.firstTry)) return notRecorded()
    // A try that was refused for good has ended as well.
    const refused = (error: unknown) =>
      isTesouroTokensError(error, 'cache_unavailable') ? error : notRecorded()
    return logout.recorded.then(() => undefined, refused)
  }

  onForget(listener: ForgetListener): () => void {
    return this.#cache.state.onForget(listener)
  }

  /** Closes the cache with the last instance that uses it. Never rejects. */
  async close(): Promise<void> {
    if (!this.#leave()) return
    const work = async (): Promise<unknown> => optionalMembers(this.#given).close?.()
    const { reason } = await attempt({ name: 'close', work, read: readNothing }, this.#user.cacheMs)
    if (reason !== undefined) this.#user.emit({ type: 'cache_failure', operation: 'close', reason })
  }
}

/** What answers for a cache, one for however many instances: a foreign cache gets memory for what it could not take. */
function partOf(given: TokenCache): SharedCache | MemoryCache {
  const known = answering.get(given)
  if (known instanceof SharedCache || known instanceof MemoryCache) return known
  const made = new SharedCache(given, stateOf(given), { front: false })
  answering.set(given, made)
  return made
}

/** The cache for one call: it has `cacheMs` to read and as much to write. Nothing here rejects. */
export class CallCache {
  readonly #cache: SharedCache | MemoryCache
  readonly #cacheMs: number
  readonly #reading: TimeBudget
  readonly #writing: TimeBudget
  #waited = false

  constructor(cache: SharedCache | MemoryCache, { clock, cacheMs }: CacheUser) {
    this.#cache = cache
    this.#cacheMs = cacheMs
    this.#reading = createTimeBudget(cacheMs, clock)
    this.#writing = createTimeBudget(cacheMs, clock)
  }

  /** `behind`: what the shared store has, even where memory in front has something. */
  read(key: TokenKey, { behind }: { behind: boolean } = { behind: false }): Promise<CacheRead> {
    return this.#get(this.#reading, key, behind)
  }

  /** What the store has, after it has not taken a value. */
  readAfterRefusal(key: TokenKey): Promise<CacheRead> {
    return this.#get(this.#writing, key, true)
  }

  /** `undefined`: could not be stored. `false`: the store has another generation by now. */
  async write(key: TokenKey, value: string, how: KeptFor): Promise<boolean | undefined> {
    return orNothing(this.#writing.spend(async (ms) => this.#cache.set(key, value, how, { ms })))
  }

  async drop(key: TokenKey): Promise<void> {
    await orNothing(this.#writing.spend(async (ms) => this.#cache.delete(key, { ms })))
  }

  /** `undefined`: the cache has no leases, or could not be asked. Once it was busy, waiting is not counted as reading. */
  async lease(key: TokenKey, ttlMs: number): Promise<LeaseAnswer | undefined> {
    const cache = this.#cache
    if (cache instanceof MemoryCache) return undefined
    const waited = this.#waited
    const answer = await orNothing(
      waited
        ? cache.lease(key, ttlMs, { waited }, { ms: this.#cacheMs })
        : this.#reading.spend((ms) => cache.lease(key, ttlMs, { waited }, { ms })),
    )
    this.#waited = answer !== undefined && 'busy' in answer
    // An outcome of an exchange that this call did not wait for is none of its own.
    return answer !== undefined && 'outcome' in answer && !waited ? undefined : answer
  }

  /** Waits no longer than the call may write; the release itself goes on. */
  async release(lease: Lease, outcome: LeaseOutcome): Promise<void> {
    const released = { name: 'release', work: () => lease.release(outcome), read: readNothing } as const
    await this.#writing.spend((ms) => attempt(released, ms))
  }

  async #get(budget: TimeBudget, key: TokenKey, behind: boolean): Promise<CacheRead> {
    return orNothing(budget.spend(async (ms) => ownMembers(await this.#cache.get(key, { ms, behind }))))
  }
}

/** The failed operation has already emitted its event. */
function orNothing<Result>(work: Promise<Result>): Promise<Result | undefined> {
  return work.catch(() => undefined)
}
