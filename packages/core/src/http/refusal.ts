import { isTesouroTokensError, type TesouroTokensErrorCode } from '../errors.js'
import type { WidgetTokenProblemCode } from './problem.js'

/** What somebody has to repair, and which of the application's functions it came from. */
export interface Mistake {
  readonly error: unknown
  readonly from?: ApplicationFunction | undefined
}

export type ApplicationFunction = 'getUser' | 'tokens' | 'allowedOrigins'

/** Ends the handling of a request. Caught by the handler; nobody outside sees one. */
export class Refusal extends Error {
  readonly code: WidgetTokenProblemCode
  readonly headers: Readonly<Record<string, string>>
  /** What `onError` receives, where something has to be fixed; `from` is the option that threw it. */
  readonly report: Mistake | undefined

  constructor(
    code: WidgetTokenProblemCode,
    options: { headers?: Readonly<Record<string, string>>; report?: Mistake } = {},
  ) {
    super(code)
    this.code = code
    this.headers = options.headers ?? {}
    this.report = options.report
  }
}

/** Seconds to wait when nobody knows how long. */
const defaultRetryAfterSeconds = 5

export function retryAfter(seconds: number | undefined): { 'retry-after': string } {
  return { 'retry-after': String(Math.max(1, Math.ceil(seconds ?? defaultRetryAfterSeconds))) }
}

/** What each kind of error becomes when it will not pass by itself. */
const meanings: Record<TesouroTokensErrorCode, WidgetTokenProblemCode> = {
  configuration: 'misconfigured',
  invalid_user: 'user_not_eligible',
  invalid_request: 'misconfigured',
  subject_token: 'misconfigured',
  token_endpoint: 'misconfigured',
  rate_limited: 'rate_limited',
  upstream_unavailable: 'temporarily_unavailable',
  upstream_response: 'temporarily_unavailable',
  user_forgotten: 'not_signed_in',
  cache_unavailable: 'temporarily_unavailable',
  closed: 'temporarily_unavailable',
}

/** The refusal that an error thrown by `mintWidgetToken` becomes. */
export function refusalOf(error: unknown): Refusal {
  const report = { error }
  if (!isTesouroTokensError(error)) return new Refusal('misconfigured', { report })
  const code =
    error.retryable && error.code !== 'rate_limited' ? 'temporarily_unavailable' : meanings[error.code]
  switch (code) {
    case 'rate_limited':
      return new Refusal(code, { headers: retryAfter(error.retryAfterSeconds) })
    case 'temporarily_unavailable':
      return new Refusal(code, { headers: retryAfter(error.retryAfterSeconds), report })
    case 'not_signed_in':
      return notSignedIn()
    default:
      return new Refusal(code, { report })
  }
}

/** 401 has to name a way to authenticate (RFC 9110 §15.5.2); browsers show no dialog for this one. */
export function notSignedIn(): Refusal {
  return new Refusal('not_signed_in', { headers: { 'www-authenticate': 'Bearer realm="widget-token"' } })
}

/** Runs one of the application's own functions: whatever it throws is the application's mistake. */
export async function ofTheApplication<Result>(
  from: ApplicationFunction,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw new Refusal('misconfigured', { report: { error, from } })
  }
}
