/// <reference lib="esnext.disposable" preserve="true" />
import type { TesouroUser } from './user.js'

/** A widget token, in the shape that the platform's widgets and their fetchers take. */
export interface WidgetToken {
  /** The JWE in compact serialization (RFC 7516 §7.1). */
  widgetToken: string
  /** When it expires, in seconds since the epoch (RFC 7519 NumericDate). */
  exp: number
}

/** The application's own access token (RFC 6749 §4.4). */
export interface AccessToken {
  /** Send it as `Authorization: Bearer …` (RFC 6750 §2.1). */
  accessToken: string
  /** Always `Bearer`: a token of another type is refused. */
  tokenType: 'Bearer'
  /** When it expires, in milliseconds since the epoch by this process's clock; `undefined` where the platform did not say. */
  expiresAt: number | undefined
}

/** An access token for calls as a user (RFC 8693 §2.2.1). */
export interface UserAccessToken extends AccessToken {
  /** `urn:ietf:params:oauth:token-type:access_token`. */
  issuedTokenType: string
}

/** Options of a call for an access token. */
export interface AccessTokenCallOptions {
  /** Ends this call when aborted. An exchange that others wait for goes on. */
  signal?: AbortSignal | undefined
  /** The token that the platform refused: the call returns another one, from the cache or by an exchange. */
  rejectedToken?: string | undefined
}

/** The result of a logout, in numbers of tokens. */
export interface ForgetUserResult {
  /** Tokens dropped from the cache. */
  forgotten: number
  /** Tokens that the platform confirmed as revoked; 0 without `revoke`. */
  revoked: number
  /** Tokens whose revocation failed. */
  failed: number
}

/** The answer of {@link TesouroTokens.health}. */
export interface TesouroTokensHealth {
  /** `false` when closed, or when the last requests to the token endpoint failed. */
  healthy: boolean
  /** `bypassed` while the cache does not answer in time: tokens are then fetched without it. */
  cache: 'up' | 'bypassed'
  /** Whether the last requests to the token endpoint succeeded; `unknown` before the first. */
  upstream: 'up' | 'failing' | 'unknown'
  /** How many seconds this machine's clock is ahead of the platform's (negative: behind); only while they differ by more than 60 s. */
  clockAheadSeconds?: number
}

/**
 * Everything an application does with Tesouro's tokens. `createTesouroTokens` and `tesouroTokensFromEnv` create an
 * instance. It is an abstract class instead of an interface, so that it can also be an injection token.
 */
export abstract class TesouroTokens {
  /**
   * Checks that keys can be imported, that the credentials function answers, and that the cache can record and announce
   * logouts. A cache that is unreachable does not stop the start: `health()` and a `cache_failure` event say so.
   * Idempotent: a successful check is not repeated.
   *
   * @param options.platform also asks the platform for one application token (RFC 6749 §4.4), past the cache. It proves
   * the address, the client id, the client secret and this machine's clock; a client that may not have application tokens
   * proves them too. Default `false`: nothing is sent to the platform
   *
   * @throws ConfigurationError with every problem found, and when the platform refuses the credentials
   * @throws UpstreamUnavailableError, RateLimitedError with `platform`, while the platform cannot be asked
   *
   * @example
   * ```ts
   * import { tesouroTokensFromEnv } from '@tesouro-tokens/core'
   *
   * const tokens = tesouroTokensFromEnv()
   * await tokens.ready({ platform: true })
   * ```
   */
  abstract ready(options?: { platform?: boolean | undefined }): Promise<void>

  /**
   * Mints a widget token for a user (RFC 7516 around an RFC 8693 §2.1 request). Sends nothing to the platform.
   *
   * @throws InvalidUserError, SubjectTokenError, ConfigurationError, ClosedError
   */
  abstract mintWidgetToken(
    user: TesouroUser,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<WidgetToken>

  /**
   * The user's access token: from the cache while it is valid, otherwise by a token exchange (RFC 8693).
   *
   * @throws any TesouroTokensError except CacheUnavailableError
   */
  abstract getUserAccessToken(user: TesouroUser, options?: AccessTokenCallOptions): Promise<UserAccessToken>

  /** The application's own access token, by client credentials (RFC 6749 §4.4), cached in the same way. */
  abstract getAppAccessToken(options?: AccessTokenCallOptions): Promise<AccessToken>

  /**
   * `fetch` with the user's access token. A string that begins with one `/` is a path below the base URL; any other
   * string, a `URL` or a `Request` names the whole address, which must have the base URL's origin. One attempt; one
   * replay with a new token if the platform says that it has expired.
   *
   * @throws InvalidRequestError for another origin, an ill-formed path, an `authorization` header
   * @throws UpstreamUnavailableError when no answer came; the platform may have carried out the request anyway
   */
  abstract fetchAsUser(
    user: TesouroUser,
    input: string | URL | Request,
    init?: RequestInit,
  ): Promise<Response>

  /** `fetch` with the application's own access token, by the rules of {@link TesouroTokens.fetchAsUser}. */
  abstract fetchAsApp(input: string | URL | Request, init?: RequestInit): Promise<Response>

  /**
   * Logout: drops every access token of this user, for every e-mail address and all claims, and ends calls under way.
   * Tokens that were already handed out, and widget tokens until their `exp`, stay valid. Memory caches of separate
   * processes hear only their own logouts.
   *
   * @throws CacheUnavailableError when the shared cache has not recorded it after 2 s
   */
  abstract forgetUser(
    user: { sub: string; tenant?: string | null | undefined },
    options?: { revoke?: boolean | undefined },
  ): Promise<ForgetUserResult>

  /**
   * The user's roles or claims have changed: drops the user's cached access tokens, in every process that shares the
   * cache. Calls under way go on; the next call exchanges.
   *
   * @throws CacheUnavailableError when the shared cache has not recorded it after 2 s
   */
  abstract renewUser(user: { sub: string; tenant?: string | null | undefined }): Promise<{ dropped: number }>

  /** The state of cache and platform, for a health check: one cache operation at most, no secret in the answer. */
  abstract health(): Promise<TesouroTokensHealth>

  /** Ends the instance: waiting calls settle, later calls reject with ClosedError, and the process can exit. */
  abstract close(): Promise<void>

  /** The same as {@link TesouroTokens.close}, for `await using`. */
  abstract [Symbol.asyncDispose](): Promise<void>
}
