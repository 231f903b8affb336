import {
  type ConfigurationError,
  isTesouroTokensError,
  RateLimitedError,
  TokenEndpointError,
  UpstreamResponseError,
  UpstreamUnavailableError,
} from '../errors.js'
import type { Clock } from '../lib/clock.js'
import { withDeadline } from '../lib/deadline.js'
import { networkCode } from '../lib/network-code.js'
import { retryAfterMs } from '../limits/retry-after.js'
import { askedPauseMs } from '../limits/upstream-budget.js'
import { clockHint } from './platform-clock.js'
import type { Answer, AnswerHead, SendOptions, Sent } from './request.js'
import { isPassing } from './request.js'
import { safeDescription, safeErrorCode, safeRequestId } from './safe-text.js'

/** A request that is ready to be sent. */
export interface Attempt<Result> {
  /** Called when it is this request's turn. Rejects where it must not be sent any longer. */
  beforeSend: ((signal: AbortSignal) => Promise<void>) | undefined
  send(options: SendOptions): Promise<Sent>
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
  | { granted: Result; status: number; requestId: string | undefined }
  | {
      error: AttemptError
      /** HTTP status, if an answer came. */
      status: number | undefined
      /** The platform's id of the request, if an answer brought one that can be shown. */
      requestId: string | undefined
      /** Whether the same request may succeed later. */
      passing: boolean
      /** Milliseconds before which the platform allows no further request. */
      pauseMs: number
    }

/** Sends one request and judges what comes back. Rejects only when the caller aborts, with the signal's reason. */
export async function attempt<Result>(
  request: Attempt<Result>,
  options: { origin: string; attemptMs: number; clock: Clock; signal: AbortSignal },
): Promise<Verdict<Result>> {
  const { origin, attemptMs, clock, signal } = options
  const head: AnswerHead = { requestId: undefined, clockAheadMs: undefined }
  const shownId = (): string | undefined =>
    head.requestId === undefined ? undefined : safeRequestId(head.requestId, request.secrets)
  let status: number | undefined
  try {
    const sent = await withDeadline((attemptSignal) => request.send({ signal: attemptSignal, head }), {
      ms: attemptMs,
      onTimeout: () =>
        new UpstreamUnavailableError(`the platform at ${origin} did not answer within ${attemptMs} ms`),
      parent: signal,
    })
    status = sent.response.status
    const requestId = shownId()
    if (isPassing(status)) return refusedForNow(sent.response, requestId, { origin, clock })
    const answer = await request.read(sent)
    if ('granted' in answer) return { granted: answer.granted, status, requestId }
    const error = new TokenEndpointError({
      status,
      error: safeErrorCode(answer.refused.error, request.secrets),
      errorDescription: safeDescription(answer.refused.description, request.secrets),
      requestId,
      hint: isAboutTheRequest(answer.refused.error) ? clockHint(head.clockAheadMs) : undefined,
    })
    return { error, status, requestId, passing: false, pauseMs: 0 }
  } catch (caught) {
    // The end of the whole call's time is the platform's silence too; any other abort is the caller's.
    if (signal.aborted && !isTesouroTokensError(signal.reason, 'upstream_unavailable')) throw signal.reason
    const requestId = shownId()
    const error = requestError(caught, requestId, { origin, secrets: request.secrets })
    return { error, status, requestId, passing: error.code === 'upstream_unavailable', pauseMs: 0 }
  }
}

/** Refusals for which the times in a subject token may be the reason. */
const isAboutTheRequest = (error: unknown): boolean =>
  error === 'invalid_grant' || error === 'invalid_request'

function refusedForNow(
  response: Response,
  requestId: string | undefined,
  { origin, clock }: { origin: string; clock: Clock },
): Verdict<never> {
  const { status } = response
  if (status === 429) {
    const pauseMs = askedPauseMs(response, clock.now()) ?? 0
    return { error: pausedError(pauseMs, requestId), status, requestId, passing: true, pauseMs }
  }
  const asked = retryAfterMs(response.headers, clock.now())
  const error = new UpstreamUnavailableError(`the platform at ${origin} answered with status ${status}`, {
    retryAfterSeconds: asked === undefined ? undefined : Math.ceil(asked / 1_000),
    requestId,
  })
  return { error, status, requestId, passing: true, pauseMs: asked ?? 0 }
}

const pausedError = (pauseMs: number, requestId: string | undefined): RateLimitedError =>
  new RateLimitedError(
    "the platform's rate limit for this client id is reached (429); everything that uses the id counts",
    {
      retryAfterSeconds: Math.max(1, Math.ceil(pauseMs / 1_000)),
      requestId,
    },
  )

/** Why there is no usable answer. Of a foreign error only its code is kept: the rest may hold the request. */
function requestError(
  error: unknown,
  requestId: string | undefined,
  { origin, secrets }: { origin: string; secrets: readonly string[] },
): ConfigurationError | UpstreamResponseError | UpstreamUnavailableError {
  if (isTesouroTokensError(error, 'configuration')) return error
  if (isTesouroTokensError(error, 'upstream_response')) {
    return new UpstreamResponseError(error.message, { retryable: error.retryable, requestId })
  }
  if (isTesouroTokensError(error, 'upstream_unavailable')) {
    return new UpstreamUnavailableError(error.message, { requestId })
  }
  const code = safeErrorCode(networkCode(error), secrets)
  return new UpstreamUnavailableError(
    `the platform could not be reached at ${origin}${code ? ` (${code})` : ''}`,
    {
      requestId,
    },
  )
}
