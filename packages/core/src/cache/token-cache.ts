import type { TesouroTokensErrorCode } from '../errors.js'
import type { TokenKey } from '../identity/token-key.js'
import { storeProblem } from '../lib/store-problem.js'

/**
 * Where access tokens are kept. A store keeps text and looks at nothing in it; names are made by core alone.
 *
 * The generation is how a logout wins against an exchange that is still under way. `forget` gives the subject a new
 * one, and `set` stores only while the subject still has the one that `get` returned. Two of its forms have a meaning:
 *
 * - `<part>~<id>`: a renewal changes only what stands behind the `~`. Two generations with the same part say that the
 *   person has not logged out between them.
 * - `0.<uuid>`: the store knows nothing of the subject, neither a logout nor that there was none.
 *
 * A store without these forms must avoid both: no generation has a `~` or begins with `0.`. Otherwise a logout in another
 * process ends no call that is under way.
 */
export interface TokenCache {
  /**
   * The value, if there is one, its remaining life, and the subject's generation. `now` is the time by the store's
   * own clock, in milliseconds since the epoch: sealed values end by that clock.
   */
  get(
    key: TokenKey,
  ): Promise<{ value?: string; remainingMs?: number; generation: string; now?: number | undefined }>
  /**
   * Stores a value that is gone after `ttlMs`, unless the subject was forgotten since `generation` was read. The time
   * counts from this call: a write that waits in a client while its server is away makes no token live longer.
   * Resolves `false` only then: the manager takes it for a logout elsewhere and throws the token away.
   */
  set(key: TokenKey, value: string, options: { ttlMs: number; generation: string }): Promise<boolean>
  /** Drops one variant. */
  delete(key: TokenKey): Promise<void>
  /**
   * Drops every variant of a subject, ends its leases, and gives it a generation that it never had, in one step. Returns the
   * values it dropped, for revocation. The same `id` again, within a minute, drops nothing more and returns the same
   * values: so a logout whose answer was lost can be tried again.
   */
  forget(subject: string, request?: ForgetRequest): Promise<string[]>
  /**
   * Asks for the right to make the exchange for this key. A store failure rejects, and the process goes alone.
   * `waited`: this caller received `busy` before. Only such a caller receives the outcome of the exchange that it waited
   * for; any other gets the lease although an outcome still lies there.
   */
  lease?(key: TokenKey, ttlMs: number, how?: { waited: boolean }): Promise<LeaseAnswer>
  /**
   * Calls the listener for forgets made elsewhere; `undefined` says that some may have been missed. `renewal`
   * and `id` repeat what `forget` was given; with an `id`, the listener may hear of forgets made through this object as
   * well. `lateMs`, where the cache knows it, is how long ago the forget was recorded, in milliseconds. Returns the way
   * to stop listening.
   */
  onForget?(
    listener: (
      subject: string | undefined,
      what?: { renewal: boolean; id?: string | undefined; lateMs?: number | undefined },
    ) => void,
  ): () => void
  /**
   * Whether what `onForget` tells is known to arrive at this moment. While it is not, people are compared before their
   * tokens are served from memory. Default: as long as the listener has not been told otherwise. So a cache that has
   * `onForget` and no `hears` must tell the listener `undefined` as soon as it may miss a logout, and again while it
   * cannot listen. Otherwise memory in front of it serves a token after a logout elsewhere, until the token expires.
   */
  hears?(): boolean
  /** `true`: answers from this process's memory, so that no deadline stands around it. */
  readonly local?: boolean
  /** Closes only what the cache opened itself, never a client that was given to it. */
  close?(): Promise<void>
}

/** One logout or renewal, however often it is tried. */
export interface ForgetRequest {
  /** The same in every try. */
  id: string
  /**
   * The person's rights have changed, and they stay signed in. Values are dropped as by a logout, but only the part
   * of the generation behind its `~` changes: it shows calls under way that the person has not logged out.
   */
  renewal?: boolean | undefined
  /**
   * Another try of a logout that the store has refused for good: it may have dropped values before it could not announce
   * that. They are returned, for revocation, and nothing is announced. A store may ignore this, and refuse again.
   */
  unannounced?: boolean | undefined
}

/** What {@link TokenCache.lease} answers. */
export type LeaseAnswer = { held: Lease } | { busy: true } | { outcome: LeaseOutcome }

/** The right to make the exchange for a key, held for a short time. It saves exchanges; it is no lock. */
export interface Lease {
  /** Extends the lease; `false` when it was lost. */
  renew(ttlMs: number): Promise<boolean>
  /** Ends the lease and leaves the outcome for those who wait in other processes. */
  release(outcome: LeaseOutcome): Promise<void>
}

/** How the exchange under a lease ended. */
export type LeaseOutcome = { stored: true } | { notCacheable: true } | { failed: LeaseFailure }

/** What those who wait for a lease receive of its exchange's failure. */
export interface LeaseFailure {
  code: TesouroTokensErrorCode
  /** `passing`: tried again soon. `user`: the platform refuses this user. `client`: it refuses the client, for all users. */
  kind: 'passing' | 'user' | 'client'
  /** HTTP status of the token endpoint's answer. */
  status?: number | undefined
  /** The answer's `error` (RFC 6749 §5.2). */
  error?: string | undefined
  /** Whether the same call may succeed later without a change. */
  retryable?: boolean
  retryAfterSeconds?: number | undefined
}

/** What core tells its own caches about the call that they work for. */
export interface CacheCall {
  /** How much of the call's time is left for this, in milliseconds. */
  readonly ms: number
  /** Asks the store even where memory in front has a value. */
  readonly behind?: boolean | undefined
}

/** For how long and under which generation a value is kept. */
export type KeptFor = Parameters<TokenCache['set']>[2]

/** A cache as core uses it. One that does not know the last argument ignores it. */
export interface TimedTokenCache extends TokenCache {
  get(key: TokenKey, call?: CacheCall): ReturnType<TokenCache['get']>
  set(key: TokenKey, value: string, how: KeptFor, call?: CacheCall): Promise<boolean>
  delete(key: TokenKey, call?: CacheCall): Promise<void>
  lease?(key: TokenKey, ttlMs: number, how?: { waited: boolean }, call?: CacheCall): Promise<LeaseAnswer>
}

/** What is wrong with a value that has to be a cache. */
export const cacheProblem = (value: unknown): string | undefined =>
  storeProblem(value, 'TokenCache', ['get', 'set', 'delete', 'forget'], 'lease', 'onForget', 'hears', 'close')
