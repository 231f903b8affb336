import { outsideAsyncContext, runsInBackground } from '#runtime'
import { type Clock, elapsedMs, type Moment, momentOf } from './clock.js'
import { detachable } from './deadline.js'
import { keepAlive } from './promises.js'

/** What a renewed value needs of its surroundings. */
interface RenewalEnvironment {
  clock: Clock
  waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

/** A value that is asked for at first use and asked for again when it is old, while the old one still serves. */
export interface Renewed<Value> {
  /** The last good answer, if there is one. */
  readonly held: Value | undefined
  /** Whether an ask is under way. */
  readonly asking: boolean
  /** The value in force. The caller's signal detaches that caller alone. */
  current(environment: RenewalEnvironment, signal?: AbortSignal): Value | Promise<Value>
  /** Asks at once, or joins the ask that is under way. */
  renew(environment: RenewalEnvironment): Promise<Value>
}

interface RenewalOptions<Value> {
  /** Settles by itself within `deadlineMs`. Is given the last good answer. */
  ask: (held: Value | undefined) => Promise<Value>
  maxAgeMs: number
  deadlineMs: number
}

const retryAfterMs = 5_000

/**
 * How long a secret stays good after it was replaced: what widget tokens need. An answer that is older still may have
 * been withdrawn while nobody asked, so that the next caller waits for a new one.
 */
const overlapMs = 600_000

export function createRenewed<Value>({ ask, maxAgeMs, deadlineMs }: RenewalOptions<Value>): Renewed<Value> {
  let held: { value: Value; askedAt: Moment } | undefined
  let asking: { answer: Promise<Value>; since: Moment } | undefined
  let failedAt: Moment | undefined

  function renew({ clock }: RenewalEnvironment): Promise<Value> {
    // In a worker, what was asked for a request that has ended may never settle: later ones do not join it.
    if (asking !== undefined && elapsedMs(clock, asking.since) <= deadlineMs) return asking.answer
    const since = momentOf(clock)
    const answer = outsideAsyncContext(() => ask(held?.value)).then(
      (value) => {
        // an answer that comes after a younger one's is out of date
        if (held === undefined || held.askedAt.monotonic <= since.monotonic) held = { value, askedAt: since }
        failedAt = undefined
        return value
      },
      (error: unknown) => {
        failedAt = momentOf(clock)
        throw error
      },
    )
    const current = { answer, since }
    asking = current
    const settled = (): void => {
      if (asking === current) asking = undefined
    }
    answer.then(settled, settled)
    return answer
  }

  function current(environment: RenewalEnvironment, signal?: AbortSignal): Value | Promise<Value> {
    if (held === undefined) return detachable(renew(environment), signal)
    const { value, askedAt } = held
    const { clock } = environment
    const rests = failedAt !== undefined && elapsedMs(clock, failedAt) < retryAfterMs
    const age = elapsedMs(clock, askedAt)
    if (age <= maxAgeMs || rests) return value
    const renewal = renew(environment).catch(() => value)
    const isKept = keepAlive(renewal, environment.waitUntil) || runsInBackground
    const inBackground = isKept && age <= maxAgeMs + overlapMs
    return inBackground ? value : detachable(renewal, signal)
  }

  return {
    get held() {
      return held?.value
    },
    get asking() {
      return asking !== undefined
    },
    current,
    renew,
  }
}
