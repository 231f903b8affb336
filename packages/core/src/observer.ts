import { createHmacHex } from '#crypto'
import { eventChannel, outsideAsyncContext, workChannel } from '#runtime'
import { isTesouroTokensError } from './errors.js'
import type { EventOutcome, TesouroTokensEvent } from './events.js'
import { undisturbed } from './lib/promises.js'
import type { EventChannel, WorkChannel } from './runtime/event-channel.js'
import type { TesouroTokensTrace } from './traces.js'

/** Tells `onEvent` and the diagnostics channels what happens. */
export interface Observer {
  /** Whether anybody listens; what is only needed for events need not be computed otherwise. */
  readonly listening: boolean
  emit(event: TesouroTokensEvent): void
  /** The name under which a user (a cache key's subject) appears in events; `undefined` when there is no listener. */
  nameOf(subject: string): string | undefined
}

interface ObserverSettings {
  readonly onEvent?: ((event: TesouroTokensEvent) => void) | undefined
  /** Under which users are named; `undefined`: under a key of this process's own. */
  readonly auditKey?: Uint8Array<ArrayBuffer> | undefined
}

// Looked up once: a mint that nobody listens to should not pay for asking.
const channels: { readonly [Type in TesouroTokensEvent['type']]: EventChannel } = {
  mint: eventChannel('mint'),
  cache_hit: eventChannel('cache_hit'),
  cache_miss: eventChannel('cache_miss'),
  cache_failure: eventChannel('cache_failure'),
  cache_guard: eventChannel('cache_guard'),
  lease_wait: eventChannel('lease_wait'),
  exchange: eventChannel('exchange'),
  refresh: eventChannel('refresh'),
  forget: eventChannel('forget'),
  renew: eventChannel('renew'),
  revoke: eventChannel('revoke'),
  refusal: eventChannel('refusal'),
  credentials: eventChannel('credentials'),
  clock: eventChannel('clock'),
}
const allChannels = Object.values(channels)
/** Every event. Who listens here alone costs no name: metrics count what happens, and nobody. */
const everyEvent = eventChannel('event')

export function createObserver({ onEvent, auditKey }: ObserverSettings): Observer {
  // Drawn at the first use: workers refuse to draw anything while modules are loaded.
  let macOf: ((text: string) => string) | undefined

  const isNameWanted = (): boolean => {
    if (onEvent !== undefined) return true
    for (const channel of allChannels) if (channel.hasSubscribers) return true
    return false
  }

  return {
    get listening(): boolean {
      return everyEvent.hasSubscribers || isNameWanted()
    },

    emit(event) {
      try {
        channels[event.type].publish(event)
        everyEvent.publish(event)
      } catch {
        // a listener that throws harms nothing
      }
      if (onEvent !== undefined) undisturbed(() => onEvent(event))
    },

    nameOf(subject) {
      if (!isNameWanted()) return undefined
      macOf ??= createHmacHex(auditKey ?? crypto.getRandomValues(new Uint8Array(32)))
      return macOf(subject).slice(0, 32)
    },
  }
}

/** How a piece of work ended, for events. */
export function eventOutcome(error: unknown): EventOutcome {
  return isTesouroTokensError(error) ? error.code : 'upstream_unavailable'
}

const workChannels: { readonly [Type in TesouroTokensTrace['type']]: WorkChannel | undefined } = {
  mint: workChannel('mint'),
  obtain: workChannel('obtain'),
  exchange: workChannel('exchange'),
  revoke: workChannel('revoke'),
  cache: workChannel('cache'),
  lease_wait: workChannel('lease_wait'),
  slot_wait: workChannel('slot_wait'),
}

/** Whether anybody listens to work of this type. */
export function isTraced(type: TesouroTokensTrace['type']): boolean {
  return workChannels[type]?.hasSubscribers === true
}

/** Writes into a message what has become known. A subscriber may have frozen or changed it, which harms nothing. */
export function note<Trace extends TesouroTokensTrace>(trace: Trace, known: Partial<Trace>): void {
  try {
    Object.assign(trace, known)
  } catch {
    // the subscriber's own doing
  }
}

interface Traced<Result> {
  /** The beginning is published in the caller's async context, and the work runs outside of it. */
  shared?: boolean
  /** How work ended that has not thrown. Default: `ok`. */
  outcomeOf?: (result: Result) => EventOutcome
}

/** Runs work, and publishes its beginning and its end where somebody listens. */
export function traced<Result>(
  trace: TesouroTokensTrace,
  work: () => Promise<Result>,
  { shared = false, outcomeOf = () => 'ok' }: Traced<Result> = {},
): Promise<Result> {
  const begin = shared ? (begun: () => Promise<Result>) => outsideAsyncContext(begun) : now
  const channel = workChannels[trace.type]
  if (channel?.hasSubscribers !== true) return begin(work)
  const watched = async (): Promise<Result> => work() // never throws before it returns
  return published(channel, trace, { begin: () => begin(() => inside(trace, watched)), shared, outcomeOf })
}

/** By hand: Node's `tracePromise` would put the result, a token, into the message. */
async function published<Result>(
  { start, end, asyncStart, asyncEnd, error }: WorkChannel,
  trace: TesouroTokensTrace,
  { begin, shared, outcomeOf }: Required<Traced<Result>> & { begin: () => Promise<Result> },
): Promise<Result> {
  if (shared) start.publish(trace)
  const running = shared ? begin() : start.runStores(trace, begin)
  end.publish(trace)
  let outcome: EventOutcome = 'ok'
  try {
    const result = await running
    outcome = outcomeOf(result)
    return result
  } catch (thrown) {
    outcome = eventOutcome(thrown)
    throw thrown
  } finally {
    note(trace, { outcome })
    if (outcome !== 'ok') error.publish(trace)
    asyncStart.publish(trace)
    asyncEnd.publish(trace)
  }
}

function now<Result>(work: () => Result): Result {
  return work()
}

/** Runs work in the context that a subscriber has asked for. One that makes a mistake harms nothing. */
function inside<Result>(trace: TesouroTokensTrace, work: () => Promise<Result>): Promise<Result> {
  let begun: Promise<Result> | undefined
  const once = (): void => {
    begun ??= work()
  }
  try {
    trace.run?.(once)
  } catch {
    // the work has begun, or begins below
  }
  once()
  return begun ?? work()
}

/** What a cache says of how late it heard of a logout, if that is a time. */
export function lateness(lateMs: unknown): { lateMs?: number } {
  return typeof lateMs === 'number' && lateMs >= 0 && lateMs < Number.POSITIVE_INFINITY ? { lateMs } : {}
}
