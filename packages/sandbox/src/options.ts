import type { KeyObject } from 'node:crypto'
import type { JWK } from 'jose'

/** A key with which one of the client's OIDC applications signs subject tokens. */
export interface SandboxSubjectTokenKey {
  /** Public key as JWK or `KeyObject`; for HS256 to HS512 the secret's bytes. */
  key: JWK | KeyObject | Uint8Array
  /** The one algorithm (RFC 7518 §3.1, such as `ES256`) that is accepted with this key. */
  algorithm: string
  /** When given, only tokens whose header has this `kid`, or none, are checked with this key. */
  keyId?: string | undefined
}

/** A client of the platform: one of the partner's OIDC applications. */
export interface SandboxClient {
  /** OAuth client id. */
  clientId: string
  /** OAuth client secret. Default: drawn at start. */
  clientSecret?: string | undefined
  /** 64 hex digits. Default: drawn at start. */
  widgetSecret?: string | undefined
  /** Public keys that sign this client's subject tokens, beside the sandbox's own. Default: none. */
  subjectTokenKeys?: readonly SandboxSubjectTokenKey[] | undefined
  /** Accept subject tokens without a signature (`alg: none`). Default `false`. */
  allowUnsignedSubjectTokens?: boolean | undefined
  /** What the client's tokens may be used for. Default: all of {@link SANDBOX_SCOPES}. */
  scopes?: readonly string[] | undefined
  /** The client's organization and, after it, those that `X-Organization-ID` may choose. Default: one with one child, made from the client id. */
  organizationIds?: readonly string[] | undefined
  /** Shown by the widget. Default `Sandbox Community Bank`. */
  bankName?: string | undefined
}

/** What {@link startSandbox} takes. */
export interface StartSandboxOptions {
  /** TCP port on 127.0.0.1. Default 0: a free one. */
  port?: number | undefined
  /** The clients; the first is the one that `options` and `env` are for. Default: one, `sandbox-client`. */
  clients?: readonly SandboxClient[] | undefined
  /** Widget secret of clients that declare none, 64 hex digits. Default: one drawn for each client. */
  widgetSecret?: string | undefined
  /** `expires_in` of access tokens, in seconds. Default 3,600. */
  accessTokenLifetimeSeconds?: number | undefined
  /** Requests a second for each client id, or `false`. Default 30. */
  rateLimit?: number | false | undefined
  /** Told one line for each request, without secrets. Default: nobody. */
  log?: ((line: string) => void) | undefined
  /** The platform's clock: `now()` in milliseconds since the epoch. Default: the system's. */
  clock?:
    | {
        /** Milliseconds since the epoch. */
        now(): number
      }
    | undefined
}

/** Scopes of a client that declares none of its own. */
export const SANDBOX_SCOPES: readonly string[] = [
  'bank_account:read:org',
  'statement:read:org',
  'transfer:write:org',
]
