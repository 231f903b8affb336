import type { Credentials, CredentialsHolder } from '../configuration/settings.js'
import { RateLimitedError, UpstreamUnavailableError } from '../errors.js'
import type { Clock } from '../lib/clock.js'
import type { Abortable } from '../lib/deadline.js'
import { pause, withDeadline } from '../lib/deadline.js'
import type { UpstreamBudget } from '../limits/upstream-budget.js'
import { traced } from '../observer.js'
import { type Attempt, attempt, type Verdict } from './attempt.js'

const firstBackoffMs = 100
const longestBackoffMs = 2_000

/** How long before the deadline a slot has to come: one that comes later is used up by a request that is given up. */
const leftForTheAnswerMs = (exchangeMs: number): number => Math.min(exchangeMs * 0.1, 2_000)

/** What a call did, for events: filled in while it runs. */
export interface Report {
  /** Requests sent. */
  attempts: number
  /** HTTP status of the last answer. */
  status: number | undefined
  /** Request id of the last answer. */
  requestId: string | undefined
}

/** Makes ready what must be new for each attempt. */
export type Prepare<Result> = (credentials: Credentials, signal: AbortSignal) => Promise<Attempt<Result>>

export interface Runner {
  /** Where the platform is, for messages. */
  origin: string
  timeouts: { attemptMs: number; exchangeMs: number }
  /** Requests for one call at most. */
  attempts: number
  clock: Clock
  credentials: CredentialsHolder
  budget: UpstreamBudget
  onVerdict(verdict: Verdict<unknown>): void
}

/** Makes one call to the platform, with all its attempts, within one deadline. */
export function run<Result>(
  runner: Runner,
  prepare: Prepare<Result>,
  options: { signal: Abortable; report: Report },
): Promise<Result> {
  const { exchangeMs } = runner.timeouts
  const progress: Progress = { inLine: false, failed: undefined }
  return withDeadline(
    (signal, leftMs) => attempts(runner, prepare, progress, { ...options, signal, leftMs }),
    {
      ms: exchangeMs,
      onTimeout: () => timedOut(progress, exchangeMs),
      parent: options.signal,
    },
  )
}

interface Progress {
  /** Whether the call is waiting for a request slot. */
  inLine: boolean
  /** What the last attempt failed with. */
  failed: Error | undefined
}

async function attempts<Result>(
  runner: Runner,
  prepare: Prepare<Result>,
  progress: Progress,
  { signal, leftMs, report }: { signal: AbortSignal; leftMs: () => number; report: Report },
): Promise<Result> {
  const { budget, clock, credentials: holder } = runner
  const { attemptMs, exchangeMs } = runner.timeouts
  const arrivedAt = clock.monotonic()
  const leftToWait = (): number => leftMs() - leftForTheAnswerMs(exchangeMs)
  let renewed: Credentials | undefined
  for (let counted = 1; ; counted += 1) {
    const credentials = renewed ?? (await holder.current({ signal }))
    budget.pauses(credentials.clientId, leftToWait())
    const request = await prepare(credentials, signal)
    const turn = { arrivedAt, leftMs: leftToWait, signal, returning: report.attempts > 0 }
    do {
      progress.inLine = true
      await traced({ type: 'slot_wait' }, () => budget.waitForSlot(credentials.clientId, turn))
      progress.inLine = false
      signal.throwIfAborted()
      await request.beforeSend?.(signal)
      turn.returning = true
      // Another request may have been refused meanwhile, for all of this client id.
    } while (budget.pauses(credentials.clientId, leftToWait()))
    report.attempts += 1
    const verdict = await attempt(request, { origin: runner.origin, attemptMs, clock, signal })
    report.status = verdict.status
    report.requestId = verdict.requestId
    runner.onVerdict(verdict)
    if ('granted' in verdict) return verdict.granted
    progress.failed = verdict.error
    if (renewed === undefined && isUnknownClient(verdict)) {
      renewed = await renewedCredentials(holder, credentials, signal)
      if (renewed === undefined) throw verdict.error
      // The refusal of credentials that are out of date is no attempt of the new ones.
      counted -= 1
      continue
    }
    if (!verdict.passing || counted >= runner.attempts) throw verdict.error
    await backOff(verdict, counted, leftMs(), signal)
  }
}

const isUnknownClient = (verdict: Verdict<unknown>): boolean =>
  'error' in verdict && verdict.error.code === 'token_endpoint' && verdict.error.error === 'invalid_client'

/** Where asking for new credentials fails, the refusal is what the caller should hear of. */
async function renewedCredentials(
  holder: CredentialsHolder,
  refused: Credentials,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  try {
    return await holder.afterRefusal(refused, { signal })
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

/** Waits as long as the platform asked for, then a random part of a time that doubles with each attempt. */
async function backOff(
  verdict: Extract<Verdict<unknown>, { error: unknown }>,
  attempt: number,
  leftMs: number,
  signal: AbortSignal,
): Promise<void> {
  const jitter = Math.random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1))
  if (verdict.pauseMs >= leftMs) throw verdict.error
  await pause(Math.min(verdict.pauseMs + jitter, leftMs), signal)
}

function timedOut({ inLine, failed }: Progress, ms: number): Error {
  if (inLine)
    return new RateLimitedError(
      'too many requests to the platform are waiting for their turn (requestsPerSecond)',
      { retryAfterSeconds: 1 },
    )
  return (
    failed ?? new UpstreamUnavailableError(`the platform gave no token within ${ms} ms (timeouts.exchangeMs)`)
  )
}
