import { outsideAsyncContext } from '#runtime'
import { CacheUnavailableError, isForGood } from '../../errors.js'
import type { CacheFailureEvent, CacheGuardEvent } from '../../events.js'
import type { Clock } from '../../lib/clock.js'
import { withDeadline } from '../../lib/deadline.js'
import { member, ownMembers } from '../../lib/given.js'
import { unrefTimer } from '../../lib/unref-timer.js'
import { isTraced, note, traced } from '../../observer.js'
import type { CacheTrace } from '../../traces.js'
import { readAnswer, readBoolean, readLeaseAnswer, readNothing } from '../check-answer.js'
import type { Lease, LeaseAnswer, TokenCache } from '../token-cache.js'

/** What an instance lends to the caches that it uses. A cache is made before the instance is. */
export interface CacheUser {
  readonly clock: Clock
  /** How long one operation of a remote cache may take, in milliseconds. */
  readonly cacheMs: number
  emit(event: CacheFailureEvent | CacheGuardEvent): void
}

/** Who uses a store: the clock that counts, the instance that speaks for all, and the logouts that wait for it. */
interface StoreUse {
  readonly clock: Clock
  readonly user: CacheUser
  readonly logouts: { tryNow(): void }
}

/** One operation on a store. */
export interface Operation<Answer> {
  readonly name: CacheFailureEvent['operation']
  readonly work: () => Promise<unknown>
  /** What the answer says; `undefined`: it is none. */
  readonly read: (answer: unknown) => Answer | undefined
}

/** What came of it. `refusal`: the store refuses for good, and trying again is of no use. */
export type Attempt<Answer> =
  | { answer: Answer; reason: undefined }
  | { reason: CacheFailureEvent['reason']; refusal: CacheUnavailableError | undefined }

/** Runs an operation, within `ms` milliseconds in which this process did not stand still, where they are given. Never rejects. */
export async function attempt<Answer>(
  { work, read }: Operation<Answer>,
  ms: number | undefined,
): Promise<Attempt<Answer>> {
  let late = false
  const onTimeout = (): Error => {
    late = true
    return new Error('late')
  }
  try {
    const given = await (ms === undefined ? work() : withDeadline(work, { ms, onTimeout }))
    const answer = read(given)
    return answer === undefined ? { reason: 'unreadable', refusal: undefined } : { answer, reason: undefined }
  } catch (error) {
    if (late) return { reason: 'timeout', refusal: undefined }
    // What a foreign error says may be secret; one of ours says why a store refuses for good.
    return { reason: 'rejected', refusal: isForGood(error) ? error : undefined }
  }
}

/** The same, for callers of which many may wait for the answer: outside their async context, and as work that is traced. */
function attemptTraced<Answer>(
  operation: Operation<Answer>,
  ms: number | undefined,
): Promise<Attempt<Answer>> {
  if (ms === undefined || !isTraced('cache')) return outsideAsyncContext(() => attempt(operation, ms))
  const trace: CacheTrace = { type: 'cache', operation: operation.name }
  const work = async (): Promise<Attempt<Answer>> => {
    const result = await attempt(operation, ms)
    if (result.reason !== undefined) note(trace, { reason: result.reason })
    return result
  }
  return traced(trace, work, {
    shared: true,
    outcomeOf: ({ reason }) => (reason === undefined ? 'ok' : 'cache_unavailable'),
  })
}

const failuresToOpen = 5
const probeEveryMs = 500
const probeKey = { subject: 'health', variant: 'health' }

/** Asks a store for nothing in particular, to learn whether it answers. */
export function probeOf(store: TokenCache): Operation<unknown> {
  return { name: 'get', work: () => store.get(probeKey), read: readAnswer }
}

/**
 * Runs the operations on one store. A store in this process's memory is asked as it is. A remote store has a circuit
 * breaker: an operation may take the instance's `cacheMs`, and after five failures in a row the breaker opens. It then
 * sends a probe every half second, and closes when one succeeds.
 */
export class CircuitBreaker {
  readonly #store: TokenCache
  readonly #use: StoreUse
  #open = false
  #failures = 0
  /** Counts the changes: what an operation from before a change tells is out of date. */
  #era = 0
  #probedAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(store: TokenCache, use: StoreUse) {
    this.#store = store
    this.#use = use
  }

  /**
   * Runs one operation. `ms` may leave it less than `cacheMs`, because its call has no more: then being late is not held
   * against the store. What a cache in front of the store answers from memory (`isLocal`) tells nothing about the store.
   *
   * @throws CacheUnavailableError when the breaker is open or the operation failed; the event has been emitted
   */
  async run<Answer>(
    operation: Operation<Answer>,
    ms: number = Number.POSITIVE_INFINITY,
    isLocal: boolean = member(this.#store, 'local') === true,
  ): Promise<Answer> {
    if (isLocal) return this.#attempt(operation, undefined)
    if (this.#open) this.#probeIfOverdue()
    if (this.#open || ms <= 0) throw unavailable()
    return this.#attempt(operation, ms)
  }

  /** Ends the probing. The next failures count from zero. An open breaker reports that it is closed, or it would count as open for ever. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#era += 1
    this.#failures = 0
    if (!this.#open) return
    this.#open = false
    this.#use.user.emit({ type: 'cache_guard', state: 'closed' })
  }

  async #attempt<Answer>(
    operation: Operation<Answer>,
    ms: number | undefined,
    how: typeof attemptTraced = attemptTraced,
  ): Promise<Answer> {
    const { cacheMs, emit } = this.#use.user
    const within = ms && Math.min(ms, cacheMs)
    const began = this.#era
    const result = await how(operation, within)
    const counts = within !== undefined && began === this.#era && !this.#open
    if (result.reason === undefined) {
      if (counts) this.#failures = 0
      return result.answer
    }
    const { reason, refusal } = result
    if (!this.#open || within === undefined) {
      emit({ type: 'cache_failure', operation: operation.name, reason })
    }
    if (counts && (reason !== 'timeout' || within === cacheMs)) {
      this.#failures += 1
      if (this.#failures === failuresToOpen) this.#change(true)
    }
    throw refusal ?? unavailable()
  }

  #change(toOpen: boolean): void {
    this.#open = toOpen
    this.#era += 1
    this.#failures = 0
    this.#use.user.emit({ type: 'cache_guard', state: toOpen ? 'open' : 'closed' })
    if (toOpen) {
      this.#probedAt = this.#use.clock.monotonic()
      this.#probeLater()
    } else this.#use.logouts.tryNow()
  }

  async #probe(): Promise<void> {
    const began = this.#era
    this.#probedAt = this.#use.clock.monotonic()
    try {
      await this.#attempt(probeOf(this.#store), Number.POSITIVE_INFINITY, attempt)
    } catch {
      if (began === this.#era) this.#probeLater()
      return
    }
    if (began === this.#era && this.#open) this.#change(false)
  }

  #probeLater(): void {
    clearTimeout(this.#timer)
    const waitMs = this.#probedAt + probeEveryMs - this.#use.clock.monotonic()
    outsideAsyncContext(() => {
      this.#timer = setTimeout(() => void this.#probe(), Math.min(probeEveryMs, Math.max(0, waitMs)))
    })
    unrefTimer(this.#timer)
  }

  /** Where a timer died with the request in which it was set, the next call starts the probe. */
  #probeIfOverdue(): void {
    const latestMs = probeEveryMs + 2 * this.#use.user.cacheMs
    if (this.#use.clock.monotonic() - this.#probedAt > latestMs) void this.#probe()
  }
}

const unavailable = (): CacheUnavailableError =>
  new CacheUnavailableError('the shared cache did not answer, or not in time')

/** Runs an operation on the store. */
type Run = <Answer>(operation: Operation<Answer>, ms?: number) => Promise<Answer>

/** Asks for a lease, whose operations are run like all others. One that comes after its caller has gone is given back. */
export async function leaseOf(
  run: Run,
  ask: () => Promise<unknown> | undefined,
  ms: number,
): Promise<LeaseAnswer> {
  let isWaitedFor = true
  const work = async (): Promise<unknown> => {
    const given = await ask()
    const answer = isWaitedFor ? undefined : readLeaseAnswer(given)
    // So that the next who asks gets it: an outcome would send all who wait for one to the platform.
    if (answer !== undefined && 'held' in answer) await answer.held.renew(1)
    return given
  }
  try {
    const answer = await run({ name: 'lease', work, read: readLeaseAnswer }, ms)
    return 'held' in answer ? ownMembers({ held: guarded(answer.held, run) }) : answer
  } finally {
    isWaitedFor = false
  }
}

function guarded(lease: Lease, run: Run): Lease {
  return {
    renew: (ttlMs) => run({ name: 'renew', work: () => lease.renew(ttlMs), read: readBoolean }),
    release: async (outcome) => {
      await run({ name: 'release', work: () => lease.release(outcome), read: readNothing })
    },
  }
}
