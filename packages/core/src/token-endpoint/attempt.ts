import {
  type ConfigurationError,
  isTesouroTokensError,
  RateLimitedError,
  TokenEndpointError,
  type UpstreamResponseError,
  UpstreamUnavailableError,
} from '../errors.js'
import type { Clock } from '../lib/clock.js'
import { withDeadline } from '../lib/deadline.js'
import { networkCode } from '../lib/network-code.js'
import { askedPauseMs } from '../limits/asked-pause.js'
import { retryAfterMs } from '../limits/retry-after.js'
import { isPassing } from './bounded-fetch.js'
import type { Answer, Sent } from './request.js'
import { safeDescription, safeErrorCode } from './safe-text.js'

/** A request that is ready to be sent. */
export interface Attempt<Result> {
  send(signal: AbortSignal): Promise<Sent>
  /** Reads an answer; throws UpstreamResponseError for one that is not acceptable. */
  read(sent: Sent): Promise<Answer<Result>>
  /** Whatever an answer may repeat and no error may show. */
  secrets: readonly string[]
}

type AttemptError =
  | ConfigurationError
  | RateLimitedError
  | TokenEndpointError
  | UpstreamResponseError
  | UpstreamUnavailableError

/** How one request ended. */
export type Verdict<Result> =
  | { granted: Result; status: number }
  | {
      error: AttemptError
      /** HTTP status, if an answer came. */
      status: number | undefined
      /** Whether the same request may succeed later. */
      passing: boolean
      /** Milliseconds before which the platform wants no further request. */
      pauseMs: number
    }

/** Sends one request and judges what comes back. Rejects only when the caller aborts, with the signal's reason. */
export async function attempt<Result>(
  request: Attempt<Result>,
  options: { attemptMs: number; clock: Clock; signal: AbortSignal },
): Promise<Verdict<Result>> {
  const { attemptMs, clock, signal } = options
  let status: number | undefined
  try {
    const sent = await withDeadline((attemptSignal) => request.send(attemptSignal), {
      ms: attemptMs,
      onTimeout: () => new UpstreamUnavailableError(`the platform did not answer within ${attemptMs} ms`),
      parent: signal,
    })
    status = sent.response.status
    if (isPassing(status)) return refusedForNow(sent.response, clock)
    const answer = await request.read(sent)
    if ('granted' in answer) return { granted: answer.granted, status }
    const error = new TokenEndpointError({
      status,
      error: safeErrorCode(answer.refused.error, request.secrets),
      errorDescription: safeDescription(answer.refused.description, request.secrets),
    })
    return { error, status, passing: false, pauseMs: 0 }
  } catch (caught) {
    // The end of the whole call's time is the platform's silence too; any other abort is the caller's.
    if (signal.aborted && !isTesouroTokensError(signal.reason, 'upstream_unavailable')) throw signal.reason
    const error = requestError(caught, request.secrets)
    return { error, status, passing: error.code === 'upstream_unavailable', pauseMs: 0 }
  }
}

function refusedForNow(response: Response, clock: Clock): Verdict<never> {
  const { status } = response
  if (status === 429) {
    const pauseMs = askedPauseMs(response, clock.now()) ?? 0
    return { error: pausedError(pauseMs), status, passing: true, pauseMs }
  }
  const asked = retryAfterMs(response.headers.get('retry-after'), clock.now())
  const error = new UpstreamUnavailableError(`the platform answered with status ${status}`, {
    retryAfterSeconds: asked === undefined ? undefined : Math.ceil(asked / 1_000),
  })
  return { error, status, passing: true, pauseMs: asked ?? 0 }
}

const pausedError = (pauseMs: number): RateLimitedError =>
  new RateLimitedError("the platform's rate limit is reached", {
    retryAfterSeconds: Math.max(1, Math.ceil(pauseMs / 1_000)),
  })

/** Why there is no usable answer. Of a foreign error only its code is kept: the rest may hold the request. */
function requestError(
  error: unknown,
  secrets: readonly string[],
): ConfigurationError | UpstreamResponseError | UpstreamUnavailableError {
  if (isTesouroTokensError(error, 'configuration')) return error
  if (isTesouroTokensError(error, 'upstream_response')) return error
  if (isTesouroTokensError(error, 'upstream_unavailable')) return error
  const code = safeErrorCode(networkCode(error), secrets)
  return new UpstreamUnavailableError(`the platform could not be reached${code ? ` (${code})` : ''}`)
}
