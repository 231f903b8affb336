import type { CallCache } from '../cache/cache-access.js'
import type { Lease, LeaseAnswer, LeaseFailure, LeaseOutcome } from '../cache/token-cache.js'
import {
  ConfigurationError,
  isTesouroTokensError,
  RateLimitedError,
  SubjectTokenError,
  type TesouroTokensError,
  TokenEndpointError,
  UpstreamResponseError,
  UpstreamUnavailableError,
} from '../errors.js'
import type { LeaseWaitEvent } from '../events.js'
import type { TokenKey } from '../identity/token-key.js'
import type { Clock } from '../lib/clock.js'
import { pause } from '../lib/deadline.js'
import { note, type Observer, traced } from '../observer.js'
import type { LeaseWaitTrace } from '../traces.js'
import { failureKind } from './failure-kind.js'

const leaseMs = 5_000
const renewEveryMs = 1_500
const pollEveryMs = 75
/** So much of a call's time another process is waited for. */
const patience = 0.75

/** Ends a lease that renews itself until then. */
type ReleaseLease = Lease['release'] | undefined

/**
 * Asks the cache, if it has leases, whose turn it is. Waits while another process makes the exchange, and throws its
 * failure. Whatever goes wrong with the lease, the answer is to go on without: a lease saves exchanges, it is no lock.
 */
export async function takeTurn(turn: Turn): Promise<ReleaseLease> {
  const startedAt = turn.clock.monotonic()
  const answer = await ask(turn)
  if (answer === undefined) return undefined
  if (!('busy' in answer)) return taken(answer, turn)
  const trace: LeaseWaitTrace = { type: 'lease_wait' }
  return traced(trace, () => waitForTurn(turn, startedAt, trace))
}

/** What a turn is asked for with. */
interface Turn {
  cache: CallCache
  key: TokenKey
  clock: Clock
  observer: Observer
  user: string | undefined
  signal: AbortSignal
  callMs: number
}

async function waitForTurn(turn: Turn, startedAt: number, trace: LeaseWaitTrace): Promise<ReleaseLease> {
  const { callMs, clock, observer, signal, user } = turn
  const tell = (outcome: LeaseWaitEvent['outcome']): undefined => {
    note(trace, { ended: outcome })
    observer.emit({ type: 'lease_wait', user, outcome, durationMs: clock.monotonic() - startedAt })
  }
  while (clock.monotonic() - startedAt <= callMs * patience) {
    await pause(pollEveryMs * (0.5 + Math.random()), signal)
    const answer = await ask(turn)
    if (answer === undefined) break
    if ('busy' in answer) continue
    tell(endOf(answer))
    return taken(answer, turn)
  }
  return tell('gave_up')
}

async function ask({ cache, key, signal }: Turn): Promise<LeaseAnswer | undefined> {
  const answer = await cache.lease(key, leaseMs)
  if (!signal.aborted) return answer
  // Nobody in another process waits for an exchange that will not be made.
  if (answer !== undefined && 'held' in answer) void cache.release(answer.held, { notCacheable: true })
  throw signal.reason
}

type Decided = Exclude<LeaseAnswer, { busy: true }>

function endOf(answer: Decided): LeaseWaitEvent['outcome'] {
  if ('held' in answer) return 'held'
  if ('failed' in answer.outcome) return 'failed'
  return 'stored' in answer.outcome ? 'stored' : 'notCacheable'
}

function taken(answer: Decided, { cache }: Turn): ReleaseLease {
  if ('held' in answer) return keepRenewing(answer.held, cache)
  if ('failed' in answer.outcome) throw failureElsewhere(answer.outcome.failed)
  return undefined
}

function keepRenewing(lease: Lease, cache: CallCache): ReleaseLease {
  const timer = setInterval(() => {
    lease.renew(leaseMs).catch(() => {}) // the failed operation has already emitted its event
  }, renewEveryMs)
  return (outcome) => {
    clearInterval(timer)
    return cache.release(lease, outcome)
  }
}

/**
 * What an error leaves for those who wait in other processes. That this process is closing is nobody else's
 * failure, and a logout that fell into this exchange concerns nobody who signs in afterwards.
 */
export function outcomeOf(error: unknown): LeaseOutcome {
  if (!isTesouroTokensError(error)) return { failed: { code: 'upstream_unavailable', kind: 'passing' } }
  if (error.code === 'closed' || error.code === 'user_forgotten') return { notCacheable: true }
  const { code, retryable, retryAfterSeconds } = error
  const answer = error.code === 'token_endpoint' ? { status: error.status, error: error.error } : {}
  return { failed: { code, kind: failureKind(error), ...answer, retryable, retryAfterSeconds } }
}

/** The status of an answer that another process did not tell: one that keeps the failure's kind. */
const statusOf = { passing: 503, user: 400, client: 401 } as const

/** The error of another process's exchange, as far as its outcome tells. */
function failureElsewhere(failed: LeaseFailure): TesouroTokensError {
  const elsewhere = 'another process made the exchange, and it failed there: its log says why'
  const { code, kind, status = statusOf[kind], error, retryAfterSeconds } = failed
  if (code === 'token_endpoint') return new TokenEndpointError({ status, error })
  if (code === 'rate_limited')
    return new RateLimitedError(elsewhere, { retryAfterSeconds: retryAfterSeconds ?? 1 })
  if (code === 'subject_token') return new SubjectTokenError(elsewhere, failed)
  if (code === 'upstream_response') return new UpstreamResponseError(elsewhere, failed)
  if (code === 'configuration') return new ConfigurationError([elsewhere], failed)
  return new UpstreamUnavailableError(elsewhere, { retryAfterSeconds })
}
