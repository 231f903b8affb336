/// <reference lib="esnext.disposable" preserve="true" />
import type { TesouroUser } from './user.js'

/** A widget token, in the shape that the platform's widgets and their fetchers take. */
export interface WidgetToken {
  /** The JWE in compact serialization (RFC 7516 §7.1). */
  widgetToken: string
  /** When it expires, in seconds since the epoch (RFC 7519 NumericDate). */
  exp: number
}

/** An access token for calls that no user makes (RFC 6749 §4.4). */
export interface AccessToken {
  /** To be sent as `Authorization: Bearer …` (RFC 6750 §2.1). */
  accessToken: string
  /** Always `Bearer`: another kind is refused when it arrives. */
  tokenType: 'Bearer'
  /** When it expires, in milliseconds since the epoch by this process's clock; `undefined` where the platform did not say. */
  expiresAt: number | undefined
}

/** An access token for calls that are logically a user's (RFC 8693 §2.2.1). */
export interface UserAccessToken extends AccessToken {
  /** `urn:ietf:params:oauth:token-type:access_token`. */
  issuedTokenType: string
}

/** What a call for an access token may be given. */
export interface AccessTokenCallOptions {
  /** Detaches this caller. The exchange it waits for goes on for the others. */
  signal?: AbortSignal | undefined
  /** The token that the platform has just refused: asks for another, unless the cache already holds another. */
  rejectedToken?: string | undefined
}

/** How a logout went, in tokens. */
export interface ForgetUserResult {
  /** Tokens dropped from the cache. */
  forgotten: number
  /** Tokens that the platform confirmed as revoked; 0 unless `revoke` was asked for. */
  revoked: number
  /** Tokens whose revocation failed. */
  failed: number
}

/** What {@link TesouroTokens.health} tells. */
export interface TesouroTokensHealth {
  /** `false` when closed, or when the last requests to the token endpoint failed. */
  healthy: boolean
  /** `bypassed` while the cache does not answer in time: tokens are then fetched without it. */
  cache: 'up' | 'bypassed'
  /** How the last requests to the token endpoint went; `unknown` before the first. */
  upstream: 'up' | 'failing' | 'unknown'
  /** Only there while the clocks differ by more than 60 s: by how many seconds this machine's is ahead of the platform's; negative where it is behind. */
  clockAheadSeconds?: number
}

/**
 * Everything an application does with Tesouro's tokens. Made by `createTesouroTokens` or `tesouroTokensFromEnv`;
 * an abstract class rather than an interface, so that it can be an injection token too.
 */
export abstract class TesouroTokens {
  /**
   * Checks what needs waiting: keys can be imported, credentials answer, the cache does not refuse to record and announce
   * logouts. A cache that is away for now keeps nobody from starting: `health()` and a `cache_failure` event say so.
   * Idempotent: what was checked once is not checked again.
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
   * The user's access token: from the cache while it is good, else by a token exchange (RFC 8693).
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
   * @throws InvalidRequestError for what cannot be sent: another origin, an ill-formed path, an `authorization` header
   * @throws UpstreamUnavailableError when no answer came; what was sent may have been carried out all the same
   */
  abstract fetchAsUser(
    user: TesouroUser,
    input: string | URL | Request,
    init?: RequestInit,
  ): Promise<Response>

  /** `fetch` with the application's own access token, on the terms of {@link TesouroTokens.fetchAsUser}. */
  abstract fetchAsApp(input: string | URL | Request, init?: RequestInit): Promise<Response>

  /**
   * Logout: forgets every access token of this user, whatever the e-mail address or claims were. Tokens already
   * handed out, and widget tokens until their `exp`, cannot be recalled. Memory caches of separate processes hear
   * only their own logouts.
   *
   * @throws CacheUnavailableError when the shared cache has not recorded it after 2 s
   */
  abstract forgetUser(
    user: { sub: string; tenant?: string | null | undefined },
    options?: { revoke?: boolean | undefined },
  ): Promise<ForgetUserResult>

  /**
   * The user's roles or claims have changed: drops every cached access token of theirs, in every process that shares the
   * cache. Calls under way go on; the next one exchanges anew.
   *
   * @throws CacheUnavailableError when the shared cache has not recorded it after 2 s
   */
  abstract renewUser(user: { sub: string; tenant?: string | null | undefined }): Promise<{ dropped: number }>

  /** How things stand, with one cache operation at most and nothing secret in the answer. */
  abstract health(): Promise<TesouroTokensHealth>

  /** Ends everything: waiting calls settle, later ones reject with ClosedError, and the process can exit. */
  abstract close(): Promise<void>

  /** The same as {@link TesouroTokens.close}, for `await using`. */
  abstract [Symbol.asyncDispose](): Promise<void>
}
