import type { TokenCache } from '../cache/token-cache.js'
import type { TesouroTokensEvent } from '../events.js'
import type { Clock } from '../lib/clock.js'
import type { Fetch } from '../lib/given-fetch.js'
import type { LimitStore } from '../limits/limit-store.js'
import type { SubjectTokenSource } from '../subject-token/source.js'
import type { TesouroCredentials } from './options.js'

/** The options after checking: every default filled in. */
export interface Settings {
  /** Ends with a slash; its origin is the only one that a token is sent to. */
  baseUrl: URL
  credentials:
    | { fixed: Credentials }
    | { fixed: undefined; ask: () => TesouroCredentials | Promise<TesouroCredentials>; maxAgeMs: number }
  subjectToken: SubjectTokenSource | undefined
  widgetTokenLifetimeSeconds: number
  cache: TokenCache | undefined
  /** 32 bytes. */
  cacheNameKey: Uint8Array<ArrayBuffer> | undefined
  auditKey: Uint8Array<ArrayBuffer> | undefined
  tenant: string | undefined
  waitUntil: ((work: Promise<unknown>) => void) | undefined
  timeouts: { attemptMs: number; exchangeMs: number; callMs: number; cacheMs: number }
  /** Requests for one exchange at most. */
  attempts: number
  requestsPerSecond: number | false
  limitStore: LimitStore | undefined
  revocationUrl: URL | undefined
  onEvent: ((event: TesouroTokensEvent) => void) | undefined
  fetch: Fetch
  clock: Clock
}

/** Credentials after checking. The same object as long as they have not changed. */
export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
  /** 32 bytes. */
  readonly widgetKey: Uint8Array<ArrayBuffer> | undefined
}

/** Gives the credentials that are in force, and looks for new ones when the platform refuses them. */
export interface CredentialsHolder {
  /** The credentials in force. Asks for them when there are none yet; refreshes old ones in the background. */
  current(options?: { signal?: AbortSignal | undefined }): Credentials | Promise<Credentials>
  /** After `invalid_client`: asks at once (at most once in 30 s); the new credentials if they differ from those refused. */
  afterRefusal(
    refused: Credentials,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Credentials | undefined>
}
