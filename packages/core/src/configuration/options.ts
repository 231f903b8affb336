import type { TokenCache } from '../cache/token-cache.js'
import type { TesouroTokensEvent } from '../events.js'
import type { Clock } from '../lib/clock.js'
import type { LimitStore } from '../limits/limit-store.js'
import type { SubjectTokenSource } from '../subject-token/source.js'

/** The client's credentials as onboarding hands them out. */
export interface TesouroCredentials {
  /** OAuth client id (`TESOURO_CLIENT_ID`). */
  clientId: string
  /** OAuth client secret (`TESOURO_CLIENT_SECRET`). */
  clientSecret: string
  /** The widget secret: 64 hex digits (`TESOURO_WIDGET_SECRET`). Needed for minting. */
  widgetSecret?: string | undefined
}

/** Time limits, in milliseconds. Time in which this process's event loop stood still is not counted. */
export interface TesouroTimeouts {
  /** One request to the token endpoint. Default 5,000. */
  attemptMs?: number | undefined
  /**
   * One exchange with all its attempts and its waiting for its turn under the limit. Default 15,000; where `callMs` is
   * given, 5,000 less than that, but three quarters of it at least.
   */
  exchangeMs?: number | undefined
  /** One call for a token, waiting included. Default 20,000. */
  callMs?: number | undefined
  /** One operation of a remote cache; also what a call spends on reading, and on writing, in all. Default 250. */
  cacheMs?: number | undefined
}

/** The platform's two public environments. */
export type TesouroEnvironment = 'sandbox' | 'production'

/** Options of `createTesouroTokens`. */
export interface TesouroTokensOptions {
  /** Which of the platform's environments to talk to. Exactly one of this and `baseUrl`. */
  environment?: TesouroEnvironment | undefined
  /** Another base URL: `https:`, or `http:` on loopback; no user info, query or fragment. */
  baseUrl?: string | undefined
  /**
   * Accepts an `http:` base URL whose host is not loopback. Every secret crosses that network readable. Only for a
   * sandbox in another container; refused where `NODE_ENV` is `production`. Default `false`.
   */
  allowHttp?: boolean | undefined
  /** OAuth client id. With `clientSecret`, enough for `getAppAccessToken` and `fetchAsApp`. */
  clientId?: string | undefined
  /** OAuth client secret. */
  clientSecret?: string | undefined
  /** 64 hex digits (32 bytes); needed for minting. */
  widgetSecret?: string | undefined
  /** Returns the three above, for secret managers; give it instead of them. Its answer is taken as a whole. */
  credentials?: (() => TesouroCredentials | Promise<TesouroCredentials>) | undefined
  /** How old an answer of `credentials` may be, in seconds, before the function is called again in the background. Default 60. Once it is ten minutes older, calls wait for the new one. */
  credentialsMaxAgeSeconds?: number | undefined
  /** Where subject tokens come from: `signedSubjectToken`, `unsecuredSubjectToken` or `subjectTokenFrom`. No default. */
  subjectToken?: SubjectTokenSource | undefined
  /** How long a widget token lives, in seconds: 300 to 600, and from 10 against a loopback base URL. Default 480. */
  widgetTokenLifetimeSeconds?: number | undefined
  /** Where access tokens are kept. Default `memoryTokenCache()`. */
  cache?: TokenCache | undefined
  /**
   * 64 hex digits (32 bytes), the same in all processes that share a cache. Names in the cache are then HMAC-SHA-256 under
   * this key instead of plain SHA-256, so that a reader of the store cannot test ids and e-mail addresses. A new key
   * starts with an empty cache: one exchange for each user.
   */
  cacheNameKey?: string | undefined
  /**
   * 64 hex digits (32 bytes) under which events name users: the same HMAC in every process and after a restart.
   * Default: a key drawn at start, so that a user cannot be followed for longer than a process lives.
   */
  auditKey?: string | undefined
  /** Serves only this tenant: a user of another tenant, or of none, is refused. */
  tenant?: string | undefined
  /** Keeps background work alive after the response (`ctx.waitUntil`, Next's `after`, …). */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined
  /** Time limits, in milliseconds. */
  timeouts?: TesouroTimeouts | undefined
  /** Maximum number of requests for one exchange, or `false` for one. Default `{ attempts: 3 }`. */
  retry?: { attempts: number } | false | undefined
  /**
   * Requests a second towards the platform, for each client id. The platform allows 30 to the whole fleet. Requests for
   * tokens wait for their turn within their deadline; `fetchAsUser` and `fetchAsApp` count and never wait. After a 429 a
   * process halves its own rate, and raises it again within 100 seconds. `false`: no limit except the pauses that the
   * platform asks for. Default 25.
   */
  requestsPerSecond?: number | false | undefined
  /**
   * Counts `requestsPerSecond` and the endpoint's `mintLimit` for all processes together (`redisLimitStore` of
   * `@tesouro-tokens/redis`). While the store is down each process counts by itself, beginning with a quarter of
   * `requestsPerSecond`. Default: this process only.
   */
  limitStore?: LimitStore | undefined
  /** Path of the revocation endpoint (RFC 7009). No default: without it `forgetUser(…, { revoke: true })` is refused. */
  revocationPath?: string | undefined
  /** Receives every event; events never contain secrets. Its errors are ignored. */
  onEvent?: ((event: TesouroTokensEvent) => void) | undefined
  /**
   * The `fetch` to use, with the arguments and the result of the global one (`node-fetch`, `undici`'s own, a mock that
   * returns a new Response for each call). Default: the global one, looked up at each call.
   */
  fetch?: ((input: string | URL | Request, init?: RequestInit) => Promise<Response>) | undefined
  /** The clock, for tests. Default: the system's. */
  clock?: Clock | undefined
}
