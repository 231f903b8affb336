// Every error that leaves this package. They are recognised by a brand, not by `instanceof`, because two
// copies of core may be installed side by side. None of them carries a foreign `cause`: a network library's
// or a caller's error may hold the request, and the request holds the client secret.

const brand: unique symbol = Symbol.for('@tesouro-tokens/error')

/** Optional members of an error. */
interface ErrorOptions {
  retryable?: boolean
  retryAfterSeconds?: number | undefined
  requestId?: string | undefined
}

/** Nothing that somebody has put on every object. */
const membersOf = <Given extends object>(given: Given): Given => Object.assign(Object.create(null), given)

/** Members of every error of this library. */
abstract class BaseError<Code extends string> extends Error {
  /** Which failure this is. Stable: distinguish errors by it (`switch (error.code)`). */
  abstract readonly code: Code
  /** `true` when the same call may succeed later without a change. */
  readonly retryable: boolean
  /** Whole seconds to wait before trying again, where the platform or this library knows them. */
  declare readonly retryAfterSeconds?: number
  /** The platform's `x-request-id`, which its support asks for, where an answer had one. */
  declare readonly requestId?: string

  constructor(message: string, options: ErrorOptions = {}) {
    super(message)
    const own = membersOf(options)
    this.retryable = own.retryable ?? false
    if (own.retryAfterSeconds !== undefined) this.retryAfterSeconds = own.retryAfterSeconds
    if (own.requestId !== undefined) this.requestId = own.requestId
    Object.defineProperty(this, brand, { value: true })
    Object.defineProperty(this, 'name', { value: new.target.name })
  }
}

/**
 * An option, an environment variable or an argument is wrong. `problems` lists every one found, each naming
 * the option and the likely mistake, never the value. `retryable` only where a credentials or key function failed.
 */
export class ConfigurationError extends BaseError<'configuration'> {
  readonly code = 'configuration'
  /** One sentence for each mistake. */
  readonly problems: readonly string[]

  constructor(
    problems: readonly string[],
    options: { retryable?: boolean; hint?: string | undefined; requestId?: string | undefined } = {},
  ) {
    const { hint } = membersOf(options)
    const said =
      problems.length === 1 ? `${problems[0]}` : `${problems.length} problems:\n- ${problems.join('\n- ')}`
    super(hint === undefined ? said : `${said}\n${hint}`, options)
    this.problems = problems
  }
}

/** The user given to a call cannot be used: no `sub` or `email`, an ill-formed one, a reserved claim, another tenant's. */
export class InvalidUserError extends BaseError<'invalid_user'> {
  readonly code = 'invalid_user'
}

/**
 * The input of `fetchAsUser` or `fetchAsApp` cannot be sent: a target outside the base URL's origin, an ill-formed path,
 * the caller's own `authorization` header, a body that was already used. Or the `signal` of any call is no `AbortSignal`.
 * No token was requested and nothing was sent.
 */
export class InvalidRequestError extends BaseError<'invalid_request'> {
  readonly code = 'invalid_request'
}

/** The subject token could not be created or cannot be used. `retryable` when its provider is down or late. */
export class SubjectTokenError extends BaseError<'subject_token'> {
  readonly code = 'subject_token'
}

/** What the codes that platforms refuse with usually come from, for people who see the message and nothing else. */
const reasons: { readonly [error: string]: string } = {
  invalid_client: 'the client id or the client secret is wrong, or belongs to another environment',
  unauthorized_client: 'this client may not use this grant: ask onboarding',
  invalid_grant:
    'the platform does not know this user, has disabled them, or does not accept the signature, iss or aud of the subject token',
}

/** The platform's own words are enough where there are any. */
function explained({
  error,
  errorDescription,
  hint,
}: {
  error?: string | undefined
  errorDescription?: string | undefined
  hint?: string | undefined
}): string {
  const known = errorDescription === undefined && error !== undefined && Object.hasOwn(reasons, error)
  const reason = hint ?? (known ? reasons[error] : undefined)
  return reason === undefined ? '' : ` (${reason})`
}

/** The token endpoint refused the request (RFC 6749 §5.2). */
export class TokenEndpointError extends BaseError<'token_endpoint'> {
  readonly code = 'token_endpoint'
  /** HTTP status of the answer. */
  readonly status: number
  /** The OAuth error code, such as `invalid_grant`; `undefined` where the answer had none that can be shown. */
  readonly error: string | undefined
  /** The platform's own words; left out when they repeat a secret. */
  readonly errorDescription: string | undefined

  constructor(details: {
    status: number
    error?: string | undefined
    errorDescription?: string | undefined
    requestId?: string | undefined
    /** What is probably the reason, for the message. */
    hint?: string | undefined
  }) {
    const { status, error, errorDescription, requestId, hint } = membersOf(details)
    super(
      `the token endpoint refused the request with ${status}${error ? ` ${error}` : ''}` +
        (errorDescription ? `: ${errorDescription}` : '') +
        explained({ error, errorDescription, hint }),
      { requestId },
    )
    this.status = status
    this.error = error
    this.errorDescription = errorDescription
  }
}

/** The platform's rate limit, or this library's own in front of it, leaves no turn within the deadline. */
export class RateLimitedError extends BaseError<'rate_limited'> {
  readonly code = 'rate_limited'

  constructor(message: string, options: { retryAfterSeconds: number; requestId?: string | undefined }) {
    super(message, { retryable: true, ...options })
  }
}

/** The platform could not be reached, answered 5xx, or did not answer in time. */
export class UpstreamUnavailableError extends BaseError<'upstream_unavailable'> {
  readonly code = 'upstream_unavailable'

  constructor(
    message: string,
    options: { retryAfterSeconds?: number | undefined; requestId?: string | undefined } = {},
  ) {
    super(message, { retryable: true, ...options })
  }
}

/** The platform answered something that is not a valid answer: malformed, too large, a redirect, the wrong token type. */
export class UpstreamResponseError extends BaseError<'upstream_response'> {
  readonly code = 'upstream_response'
}

/** `forgetUser` was called for this user while the call was under way. */
export class UserForgottenError extends BaseError<'user_forgotten'> {
  readonly code = 'user_forgotten'

  constructor(message = 'the user was logged out while the call was under way') {
    super(message)
  }
}

/**
 * The shared cache has not recorded a logout: the user is forgotten in this process. `retryable`: recording goes on in
 * the background. Otherwise the store refuses permanently, and the message says why.
 */
export class CacheUnavailableError extends BaseError<'cache_unavailable'> {
  readonly code = 'cache_unavailable'

  constructor(message: string, options: { retryable?: boolean } = {}) {
    super(message, { retryable: true, ...options })
  }
}

/** `close()` has been called. */
export class ClosedError extends BaseError<'closed'> {
  readonly code = 'closed'

  constructor(message = 'these tokens are closed: close() has been called') {
    super(message)
  }
}

/** Every error that this library throws; distinguish them by `code`. */
export type TesouroTokensError =
  | ConfigurationError
  | InvalidUserError
  | InvalidRequestError
  | SubjectTokenError
  | TokenEndpointError
  | RateLimitedError
  | UpstreamUnavailableError
  | UpstreamResponseError
  | UserForgottenError
  | CacheUnavailableError
  | ClosedError

/** The `code` of every {@link TesouroTokensError}. */
export type TesouroTokensErrorCode = TesouroTokensError['code']

/**
 * Whether a caught value is one of this library's errors. Narrows its type, also by `code` if you give one.
 *
 * @example
 * ```ts
 * import { isTesouroTokensError } from '@tesouro-tokens/core'
 *
 * export function secondsToWait(error: unknown): number {
 *   return isTesouroTokensError(error, 'rate_limited') ? (error.retryAfterSeconds ?? 1) : 0
 * }
 * ```
 */
export function isTesouroTokensError(value: unknown): value is TesouroTokensError
export function isTesouroTokensError<Code extends TesouroTokensErrorCode>(
  value: unknown,
  code: Code,
): value is Extract<TesouroTokensError, { code: Code }>
export function isTesouroTokensError(value: unknown, code?: TesouroTokensErrorCode): boolean {
  if (typeof value !== 'object' || value === null) return false
  try {
    return brand in value && (code === undefined || ('code' in value && value.code === code))
  } catch {
    return false // a proxy whose traps throw is none of ours
  }
}

/** Whether a store refuses for good, so that trying again is of no use. */
export function isForGood(error: unknown): error is CacheUnavailableError {
  return isTesouroTokensError(error, 'cache_unavailable') && !error.retryable
}
