import type { Abortable } from '../lib/deadline.js'
import type { SubjectTokenPurpose } from '../subject-token/source.js'
import type { JsonValue } from '../user.js'

/** A token as the platform granted it, with the moment from which its life counts. */
export interface TokenGrant {
  accessToken: string
  /** RFC 8693 §2.2.1; present for a token exchange. */
  issuedTokenType: string | undefined
  /** Seconds from `requestedAt`; `undefined` where the platform did not say. */
  expiresIn: number | undefined
  /** Both clocks just before the request that brought the token was sent, in milliseconds. */
  requestedAt: { now: number; monotonic: number }
  /** Whose credentials brought it. */
  clientId: string
}

export interface ExchangeRequest {
  /** Asked for a new subject token before each attempt. */
  subjectToken: (context: {
    signal: AbortSignal
    purpose: Extract<SubjectTokenPurpose, 'exchange'>
  }) => Promise<string>
  /** Called when it is a request's turn. Rejects where it must not be sent any longer. */
  beforeSend?: (signal: AbortSignal) => Promise<void>
  /** Extra form members (`audience`, `scope`, …). */
  requestParameters: { readonly [name: string]: JsonValue } | undefined
  /** For events. */
  user: string | undefined
}

/** The platform's token endpoint and revocation endpoint: limits, retries and validation included. */
export interface TokenEndpoint {
  /** RFC 8693 token exchange. */
  exchange(request: ExchangeRequest, options: { signal: Abortable }): Promise<TokenGrant>
  /** RFC 6749 §4.4 client credentials. */
  clientCredentials(options: { signal: Abortable }): Promise<TokenGrant>
  /** RFC 7009 revocation of an access token. */
  revoke(token: string, options: { signal: Abortable; user: string | undefined }): Promise<void>
  /** How the last requests went. */
  readonly upstream: 'up' | 'failing' | 'unknown'
  /** Milliseconds by which this machine's clock is ahead of the platform's; `undefined` while it is near enough or not known. */
  readonly clockAheadMs: number | undefined
}
