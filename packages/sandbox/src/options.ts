import type { KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import type { SandboxGraphql } from './api/graphql.js'
import type { SandboxUser } from './users/declared.js'

/** A key with which one of the client's OIDC applications signs subject tokens. */
export interface SandboxSubjectTokenKey {
  /** Public key as JWK or `KeyObject`; for HS256 to HS512 the secret's bytes. */
  key: JWK | KeyObject | Uint8Array
  /** The only algorithm (RFC 7518 §3.1, such as `ES256`) that is accepted with this key. */
  algorithm: string
  /** `kid` of the key: tokens whose header names another one are not checked with it. Default: tokens with any `kid` are. */
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
  /** Public keys that sign this client's subject tokens, in addition to the sandbox's own. Default: none. */
  subjectTokenKeys?: readonly SandboxSubjectTokenKey[] | undefined
  /** Accepts subject tokens without a signature (`alg: none`). Default `false`. */
  allowUnsignedSubjectTokens?: boolean | undefined
  /** What access tokens from the token endpoint may be used for. Default: {@link SANDBOX_SCOPES}. */
  scopes?: readonly string[] | undefined
  /** What widgets may do, whose scopes are another family. Default: {@link SANDBOX_WIDGET_SCOPES}. */
  widgetScopes?: readonly string[] | undefined
  /** The client's organization and, after it, those that `X-Organization-ID` may choose. Default: one with one child, made from the client id. */
  organizationIds?: readonly string[] | undefined
  /** Shown by the widget. Default `Sandbox Community Bank`. */
  bankName?: string | undefined
}

/** What {@link startSandbox} takes. */
export interface StartSandboxOptions {
  /** TCP port. Default: with a `seed` one that belongs to it, from 20000 to 29999; else 0, a free one. */
  port?: number | undefined
  /** Address or name to listen on. Default `127.0.0.1`, which no other machine reaches. */
  host?: string | undefined
  /** Text of 3 to 1,000 characters from which secrets, keys and port are derived, so that they outlive a restart. Default: none. */
  seed?: string | undefined
  /** Users whom the platform knows from the start. Everybody else is known after the first sign-in. Default: none. */
  users?: readonly SandboxUser[] | undefined
  /** The clients; the first is the one that `options` and `env` are for. Default: one, `sandbox-client`. */
  clients?: readonly SandboxClient[] | undefined
  /** Widget secret of clients that declare none, 64 hex digits. Default: one drawn for each client. */
  widgetSecret?: string | undefined
  /** `expires_in` of access tokens, in seconds. Default 3,600. */
  accessTokenLifetimeSeconds?: number | undefined
  /** How long access tokens live by their own `exp`, in seconds, where that is shorter than `expires_in` says. Default: no shorter. */
  accessTokenOwnLifetimeSeconds?: number | undefined
  /** Requests a second for each client id, or `false`. Default 30. */
  rateLimit?: number | false | undefined
  /** Pages of lists hold half of what `limit` allows though more follow, as the platform's may. Default `false`. */
  shortPages?: boolean | undefined
  /** Gives the `data` of GraphQL answers. Default: `{ "__typename": "Query" }`. */
  graphql?: SandboxGraphql | undefined
  /** Keeps the bodies of requests for `requests()`, secrets masked. Default `false`. */
  recordBodies?: boolean | undefined
  /** Receives one line for each request, without secrets. Default: none. */
  log?: ((line: string) => void) | undefined
  /** The platform's clock: `now()` in milliseconds since the epoch. Default: the system's. */
  clock?:
    | {
        /** Milliseconds since the epoch. */
        now(): number
      }
    | undefined
}

/** Scopes of access tokens, for clients that declare none. Only `embedded:transaction:read` is a published name. */
export const SANDBOX_SCOPES: readonly string[] = [
  'embedded:account:read',
  'embedded:statement:read',
  'embedded:transaction:read',
  'embedded:transfer:write',
]

/** Scopes of widgets, for clients that declare none. Only `bank_account:read:org` is a published name. */
export const SANDBOX_WIDGET_SCOPES: readonly string[] = [
  'bank_account:read:org',
  'statement:read:org',
  'transfer:write:org',
]
