import type { CacheRead, CallCache } from '../cache/cache-access.js'
import type { ObtainedToken, Person, SharedExchange } from '../cache/shared/person.js'
import {
  ClosedError,
  type TesouroTokensError,
  UpstreamUnavailableError,
  UserForgottenError,
} from '../errors.js'
import type { TokenKey } from '../identity/token-key.js'
import type { Clock } from '../lib/clock.js'
import { SharedAbort, withDeadline } from '../lib/deadline.js'
import { traced } from '../observer.js'

/**
 * One exchange at a time for each variant of a person, whatever number of callers and instances wait for it. It belongs
 * to no caller: it runs outside the callers' async context, and has a deadline of its own. Once it is older than that it is not joined, because a worker runtime may have frozen it.
 */
export class SingleFlight {
  readonly #parts: { clock: Clock; callMs: number }
  readonly #own = new Set<SharedExchange>()

  constructor(parts: { clock: Clock; callMs: number }) {
    this.#parts = parts
  }

  /** The exchange under way, if it can be joined. */
  find(person: Person, variant: string): SharedExchange | undefined {
    const flight = person.exchanges?.get(variant)
    const { clock, callMs } = this.#parts
    return flight && clock.monotonic() - flight.startedAt <= callMs ? flight : undefined
  }

  /** Starts an exchange. Only where `find` has found none. */
  start(
    person: Person,
    variant: string,
    work: (signal: AbortSignal) => Promise<ObtainedToken>,
    { background }: { background: boolean },
  ): SharedExchange {
    const ended = new SharedAbort()
    // Once it is entered below: what ends it meanwhile keeps it from beginning.
    const begun = async (signal: AbortSignal): Promise<ObtainedToken> => {
      await Promise.resolve()
      signal.throwIfAborted()
      return work(signal)
    }
    const withinDeadline = (): Promise<ObtainedToken> =>
      withDeadline(begun, {
        ms: this.#parts.callMs,
        onTimeout: () => new UpstreamUnavailableError(`no token within ${this.#parts.callMs} ms`),
        parent: ended,
      })
    const result = traced({ type: 'obtain', background }, withinDeadline, { shared: true })
    const end = (error: TesouroTokensError): void => ended.abort(error)
    const flight: SharedExchange = { startedAt: this.#parts.clock.monotonic(), owner: this, result, end }
    const leave = (): void => {
      this.#own.delete(flight)
      person.leave(flight)
      if (person.exchanges?.get(variant) === flight) person.exchanges.delete(variant)
      if (person.exchanges?.size === 0) person.exchanges = undefined
    }
    this.#own.add(flight)
    person.enter(flight)
    person.exchanges ??= new Map()
    person.exchanges.set(variant, flight)
    result.then(leave, leave)
    // Anybody who listens to the trace's start may have logged the person out.
    if (person.over) end(new UserForgottenError())
    return flight
  }

  close(): void {
    for (const flight of this.#own) flight.end(new ClosedError())
  }
}

/** So many times `cacheMs` a look is joined: one that a worker runtime has frozen never ends. */
const joinedFor = 4

/**
 * What the cache answers. One look into the store at a time for each variant of a person, whatever number of callers:
 * joins the one that is under way, or begins one.
 */
export function sharedRead(
  person: Person,
  key: TokenKey,
  cache: CallCache,
  { clock, cacheMs }: { clock: Clock; cacheMs: number },
): Promise<CacheRead> {
  const { variant } = key
  const underWay = person.reads?.get(variant)
  const startedAt = clock.monotonic()
  if (underWay !== undefined && startedAt - underWay.startedAt <= cacheMs * joinedFor) return underWay.answer
  const answer = cache.read(key) // asks the store outside of the callers' async context
  const read = { startedAt, answer }
  person.reads ??= new Map()
  person.reads.set(variant, read)
  const done = (): void => {
    if (person.reads?.get(variant) === read) person.reads.delete(variant)
    if (person.reads?.size === 0) person.reads = undefined
  }
  answer.then(done, done)
  return answer
}
