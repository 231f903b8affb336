import type { TesouroTokensErrorCode } from './errors.js'

/** Member of every event that concerns a user. */
interface ConcernsUser {
  /** The user as an HMAC under `auditKey`, else under a key drawn at start: distinguishes users, names nobody. `undefined`: the application itself. */
  user: string | undefined
}

/** How a piece of work ended: `ok`, or the code of the error it ended with. */
export type EventOutcome = 'ok' | TesouroTokensErrorCode

/** A widget token was minted, or minting failed. */
export interface MintEvent extends ConcernsUser {
  type: 'mint'
  outcome: EventOutcome
  durationMs: number
  /** The token's `exp`, in seconds since the epoch. */
  exp?: number
}

/** The cache had a token that can be served, had none, or failed. */
export interface CacheEvent extends ConcernsUser {
  type: 'cache_hit' | 'cache_miss'
  /** How fresh the token was, for a hit. */
  state?: 'fresh' | 'ageing' | 'expiring'
  /** What is left of the token's life, for a hit, in milliseconds. */
  remainingMs?: number
}

/**
 * A cache operation (`limit`: one of a shared store of limits) rejected, took too long, or gave something that is not
 * ours. The call went on without it.
 */
export interface CacheFailureEvent {
  type: 'cache_failure'
  operation:
    | 'get'
    | 'set'
    | 'delete'
    | 'forget'
    | 'lease'
    | 'renew'
    | 'release'
    | 'onForget'
    | 'close'
    | 'limit'
  /** `unopened`: a value that none of the keys of an encrypted cache opens. */
  reason: 'rejected' | 'timeout' | 'unreadable' | 'unopened'
}

/** The circuit breaker of a remote cache opened (the cache is bypassed) or closed again; also with the last instance that used it. */
export interface CacheGuardEvent {
  type: 'cache_guard'
  state: 'open' | 'closed'
}

/** A call waited for an exchange that another process makes. */
export interface LeaseWaitEvent extends ConcernsUser {
  type: 'lease_wait'
  outcome: 'stored' | 'notCacheable' | 'failed' | 'held' | 'gave_up'
  durationMs: number
}

/** Requests were made to the token endpoint for one token, attempts included. */
export interface ExchangeEvent extends ConcernsUser {
  type: 'exchange'
  grant: 'token_exchange' | 'client_credentials'
  outcome: EventOutcome
  /** HTTP status of the last answer, where there was one. */
  status?: number
  /** `x-request-id` of the last answer, where it had one. */
  requestId?: string
  attempts: number
  durationMs: number
}

/** A token that was still being served was replaced, or could not be. */
export interface RefreshEvent extends ConcernsUser {
  type: 'refresh'
  background: boolean
  outcome: EventOutcome
  durationMs: number
}

/** A user was forgotten: here (`local`) or in another process. */
export interface ForgetEvent extends ConcernsUser {
  type: 'forget'
  origin: 'local' | 'elsewhere'
  forgotten?: number
  /** How long after a logout elsewhere was recorded this process heard of it, in milliseconds, where the cache can tell. */
  lateMs?: number
  /** `cache_unavailable` while the shared cache has not recorded it. */
  outcome: EventOutcome
}

/** `renewUser` dropped a user's tokens, because their rights changed: here (`local`) or in another process. */
export interface RenewEvent extends ConcernsUser {
  type: 'renew'
  origin: 'local' | 'elsewhere'
  /** How long after a renewal elsewhere was recorded this process heard of it, in milliseconds, where the cache can tell. */
  lateMs?: number
  /** Tokens that were dropped from the cache. */
  dropped?: number
  /** `cache_unavailable` while the shared cache has not recorded it. */
  outcome: EventOutcome
}

/** A token was revoked at the platform, or could not be (RFC 7009). */
export interface RevokeEvent extends ConcernsUser {
  type: 'revoke'
  outcome: EventOutcome
}

/** A call or a request was refused before anything was done for it. */
export interface RefusalEvent extends ConcernsUser {
  type: 'refusal'
  /** A problem code of the endpoint, or the code of an error. */
  code: string
  /** The endpoint's status, where it was a request to it. */
  status?: number
}

/** The credentials function was asked, and what came of it. */
export interface CredentialsEvent {
  type: 'credentials'
  outcome: EventOutcome
  /** The answer differs from the one before. */
  changed: boolean
}

/** This machine's clock and the platform's have come to differ by more than 60 s, or no longer do. */
export interface ClockEvent {
  type: 'clock'
  state: 'wrong' | 'right'
  /** Milliseconds by which this machine's clock is ahead; negative where it is behind. */
  aheadMs: number
}

/** Every event that `onEvent` receives. No event holds a secret. */
export type TesouroTokensEvent =
  | MintEvent
  | CacheEvent
  | CacheFailureEvent
  | CacheGuardEvent
  | LeaseWaitEvent
  | ExchangeEvent
  | RefreshEvent
  | ForgetEvent
  | RenewEvent
  | RevokeEvent
  | RefusalEvent
  | CredentialsEvent
  | ClockEvent
