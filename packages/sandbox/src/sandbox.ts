import type { JsonValue, SubjectTokenSource } from '@tesouro-tokens/core'
import type { SandboxFaults } from './faults/faults.js'
import type { RequestFilter, SandboxRequest, SandboxStats } from './stats.js'

/** What `createTesouroTokens` needs to know about the sandbox: `createTesouroTokens(sandbox.options)`. */
export interface SandboxTokensOptions {
  baseUrl: string
  clientId: string
  clientSecret: string
  widgetSecret: string
  /** Signs with a key that was made for this client when the sandbox started. */
  subjectToken: SubjectTokenSource
}

/** One of the sandbox's clients, with the secrets in force now. */
export interface SandboxClientAccess {
  /** OAuth client id. */
  readonly clientId: string
  /** For `createTesouroTokens`. */
  readonly options: SandboxTokensOptions
  /** The same as environment variables, for `tesouroTokensFromEnv`. */
  readonly env: Readonly<Record<string, string>>
}

/** A widget token after it was opened and checked. */
export interface OpenedWidgetToken {
  clientId: string
  /** From the subject token inside. */
  sub: string
  /** From the subject token inside. */
  email: string
  /** Every claim of the subject token inside. */
  claims: Record<string, JsonValue>
  /** Members of the payload beyond those of a token exchange. */
  parameters: Record<string, JsonValue>
  /** In seconds since the epoch. */
  iat: number
  /** In seconds since the epoch. */
  exp: number
  /** Which of the client's secrets it was made with; they differ after {@link Sandbox.rotateSecrets}. */
  secrets: { clientSecret: 'current' | 'previous'; widgetSecret: 'current' | 'previous' }
}

/** What the sandbox knows about an access token that it issued. */
export interface OpenedAccessToken {
  clientId: string
  /** `undefined` for a token of the application itself. */
  sub: string | undefined
  email: string | undefined
  /** Every claim of the subject token that was exchanged. */
  claims: Record<string, JsonValue>
  /** Form members of the exchange beyond those that RFC 8693 requires. */
  parameters: Record<string, JsonValue>
  scopes: readonly string[]
  /** By the sandbox's clock, in milliseconds since the epoch. */
  expiresAt: number
  /** Neither expired nor revoked. */
  active: boolean
}

/** A transfer that was posted to the sandbox. */
export interface SandboxTransfer {
  id: string
  clientId: string
  /** `undefined` when the application itself made it. */
  sub: string | undefined
  organizationId: string
  body: Record<string, JsonValue>
}

/** New secrets, accepted at once; the old ones are accepted too until `retirePrevious` is called. */
export interface RotatedSecrets {
  clientSecret: string
  widgetSecret: string
  /** From now on the client's previous secrets are refused. */
  retirePrevious(): void
}

/** The platform on localhost, running. */
export interface Sandbox extends SandboxClientAccess {
  /** `http://127.0.0.1:PORT`. */
  readonly baseUrl: string
  /** Path of the revocation endpoint, for the `revocationPath` option. */
  readonly revocationPath: string
  /** Switches what goes wrong. */
  readonly faults: SandboxFaults
  /** One of the clients. @throws TypeError for an id that was not declared */
  client(clientId: string): SandboxClientAccess
  /**
   * Opens and checks a widget token as the widget gateway does, without issuing anything.
   *
   * @throws SandboxRefusal as the platform would answer
   */
  openWidgetToken(widgetToken: string): Promise<OpenedWidgetToken>
  /** Looks an access token up; `undefined` when the sandbox never issued it. */
  openAccessToken(accessToken: string): OpenedAccessToken | undefined
  /** Counts of everything that arrived, faults included. */
  stats(): SandboxStats
  /** How many requests match all of the filter, such as `{ kind: 'token_exchange', user: 'u_1' }`. */
  count(filter?: RequestFilter): number
  /** The last 10,000 requests, the oldest first. URLs as they arrived: for assertions, not for logs. */
  requests(): readonly SandboxRequest[]
  /** Forgets counts, requests and transfers. */
  resetStats(): void
  /** The last 10,000 transfers that were recorded, the oldest first. */
  transfers(): readonly SandboxTransfer[]
  /** Refuses exchanges for this `sub` of every client, with `invalid_grant` unless said otherwise. Returns the way back. */
  disableUser(sub: string, error?: 'invalid_grant' | 'access_denied'): () => void
  /** Gives a client (default: the first) new secrets, drawn unless given. */
  rotateSecrets(options?: {
    clientId?: string | undefined
    clientSecret?: string | undefined
    widgetSecret?: string | undefined
  }): RotatedSecrets
  /** Ends every connection, hanging ones too. Idempotent. */
  close(): Promise<void>
  /** The same as {@link Sandbox.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
