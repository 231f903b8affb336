import type { JsonValue, SubjectTokenSource } from '@tesouro-tokens/core'
import type { SandboxFaults } from './faults/faults.js'
import type { RequestFilter, SandboxRequest, SandboxStats } from './stats.js'

/** Options that connect your code to the sandbox: `createTesouroTokens(sandbox.options)`. */
export interface SandboxTokensOptions {
  /** Where the sandbox listens: `http://127.0.0.1:PORT`. */
  baseUrl: string
  /** OAuth client id. */
  clientId: string
  /** OAuth client secret in force. */
  clientSecret: string
  /** Widget secret in force: 64 hex digits. */
  widgetSecret: string
  /** Signs subject tokens with a key that the sandbox knows for this client. */
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
  /** OAuth client id whose widget secret opens it. */
  clientId: string
  /** `sub` of the subject token inside. */
  sub: string
  /** `email` of the subject token inside. */
  email: string
  /** Every claim of the subject token inside. */
  claims: Record<string, JsonValue>
  /** Members of the payload other than those of a token exchange (RFC 8693 §2.1). */
  parameters: Record<string, JsonValue>
  /** When it was made, in seconds since the epoch. */
  iat: number
  /** When it expires, in seconds since the epoch. */
  exp: number
  /** Which of the client's secrets it was made with; there is a previous one after {@link Sandbox.rotateSecrets}. */
  secrets: { clientSecret: 'current' | 'previous'; widgetSecret: 'current' | 'previous' }
}

/** What the sandbox knows about an access token that it issued. */
export interface OpenedAccessToken {
  /** OAuth client id for which it was issued. */
  clientId: string
  /** `sub` of the user; `undefined` for a token of the application itself. */
  sub: string | undefined
  /** E-mail address of the user; `undefined` for a token of the application itself. */
  email: string | undefined
  /** Every claim of the subject token that was exchanged. */
  claims: Record<string, JsonValue>
  /** Form members of the exchange other than those that RFC 8693 §2.1 requires. */
  parameters: Record<string, JsonValue>
  /** What it may be used for. */
  scopes: readonly string[]
  /** When it expires, in milliseconds since the epoch, by the sandbox's clock. */
  expiresAt: number
  /** Neither expired nor revoked. */
  active: boolean
}

/** A transfer that was posted to the sandbox. */
export interface SandboxTransfer {
  /** Id that the answer had. */
  id: string
  /** OAuth client id whose token was used. */
  clientId: string
  /** `sub` of the user; `undefined` when the application itself made it. */
  sub: string | undefined
  /** Id of the organization for which it was made. */
  organizationId: string
  /** The JSON object that was posted. */
  body: Record<string, JsonValue>
}

/** New secrets, accepted at once. The previous ones are accepted, too, until `retirePrevious` is called. */
export interface RotatedSecrets {
  /** The new OAuth client secret. */
  clientSecret: string
  /** The new widget secret: 64 hex digits. */
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
  /** Switches faults on and off. */
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
  /** Counts of all requests that arrived, also of those that a fault struck. */
  stats(): SandboxStats
  /** How many requests match all of the filter, such as `{ kind: 'token_exchange', user: 'u_1' }`. */
  count(filter?: RequestFilter): number
  /** The last 10,000 requests, the oldest first. URLs as they arrived: for assertions, not for logs. */
  requests(): readonly SandboxRequest[]
  /** Forgets counts, requests and transfers. */
  resetStats(): void
  /** The last 10,000 transfers that were recorded, the oldest first. */
  transfers(): readonly SandboxTransfer[]
  /** Refuses exchanges for this `sub` of every client, with `invalid_grant` by default. Returns a function that undoes it. */
  disableUser(sub: string, error?: 'invalid_grant' | 'access_denied'): () => void
  /** Gives a client (default: the first) new secrets, which are drawn unless given. @throws TypeError for a wrong one */
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
