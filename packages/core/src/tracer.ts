import { outsideAsyncContext, workChannel } from '#runtime'
import { eventOutcome } from './observer.js'
import type { WorkChannel } from './runtime/event-channel.js'
import type { TesouroTokensTrace } from './traces.js'

// Looked up once, as in observer.ts.
const channels: { readonly [Type in TesouroTokensTrace['type']]: WorkChannel | undefined } = {
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
  return channels[type]?.hasSubscribers === true
}

/**
 * Runs work, and publishes its beginning and its end where somebody listens. With `shared`, the beginning is published
 * in the caller's async context and the work runs outside of it.
 */
export function traced<Result>(
  trace: TesouroTokensTrace,
  work: () => Promise<Result>,
  { shared = false }: { shared?: boolean } = {},
): Promise<Result> {
  const begin = shared ? (begun: () => Promise<Result>) => outsideAsyncContext(begun) : now
  const channel = channels[trace.type]
  if (channel?.hasSubscribers !== true) return begin(work)
  const watched = async (): Promise<Result> => {
    try {
      const result = await work()
      trace.outcome ??= 'ok'
      return result
    } catch (error) {
      trace.outcome = eventOutcome(error)
      throw error
    }
  }
  return published(channel, trace, () => begin(() => inside(trace, watched)), shared)
}

/** By hand: Node's `tracePromise` would put the result, a token, into the message. */
async function published<Result>(
  { start, end, asyncStart, asyncEnd, error }: WorkChannel,
  trace: TesouroTokensTrace,
  begin: () => Promise<Result>,
  shared: boolean,
): Promise<Result> {
  if (shared) start.publish(trace)
  const result = shared ? begin() : start.runStores(trace, begin)
  end.publish(trace)
  try {
    return await result
  } finally {
    if (trace.outcome !== 'ok') error.publish(trace)
    asyncStart.publish(trace)
    asyncEnd.publish(trace)
  }
}

function now<Result>(work: () => Result): Result {
  return work()
}

/** Runs work in the context that a subscriber has asked for. One that makes a mistake harms nothing. */
function inside<Result>({ run }: TesouroTokensTrace, work: () => Promise<Result>): Promise<Result> {
  let begun: Promise<Result> | undefined
  const once = (): void => {
    begun ??= work()
  }
  try {
    run?.(once)
  } catch {
    // the work has begun, or begins below
  }
  once()
  return begun ?? work()
}
