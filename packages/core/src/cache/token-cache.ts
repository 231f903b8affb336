import type { TesouroTokensErrorCode } from '../errors.js'

/** Where a token is kept: two SHA-256 hashes with nothing readable in them. */
export interface TokenKey {
  /** The person: base URL, client id, tenant and `sub`. */
  subject: string
  /** What the token was asked for: e-mail address, claims and request parameters. */
  variant: string
}

/**
 * Where access tokens are kept. A store keeps text and looks at nothing in it; names are made by core alone.
 *
 * The generation is how a logout wins against an exchange that is still under way: `forget` gives the subject
 * a new one, and `set` stores only while the subject still has the one that `get` told.
 */
export interface TokenCache {
  /** The value, if there is one, how long it still has by the store's own clock, and the subject's generation now. */
  get(key: TokenKey): Promise<{ value?: string; remainingMs?: number; generation: string }>
  /**
   * Stores a value that is gone after `ttlMs`, unless the subject was forgotten since `generation` was read.
   * Resolves `false` only then: the manager takes it for a logout elsewhere and throws the token away.
   */
  set(key: TokenKey, value: string, options: { ttlMs: number; generation: string }): Promise<boolean>
  /** Drops one variant. */
  delete(key: TokenKey): Promise<void>
  /**
   * Drops every variant of a subject, ends its leases, and gives it a new generation, in one step. Returns the
   * values it dropped, for revocation.
   */
  forget(subject: string): Promise<string[]>
  /** Asks for the right to make the exchange for this key. A store failure rejects, and the process goes alone. */
  lease?(key: TokenKey, ttlMs: number): Promise<LeaseAnswer>
  /** Tells of forgets made in other processes; `undefined` says that some may have been missed. Returns the way to stop listening. */
  onForget?(listener: (subject: string | undefined) => void): () => void
  /** `true`: answers from this process's memory, so that no deadline stands around it. */
  readonly local?: boolean
  /** Closes only what the cache opened itself, never a client that was given to it. */
  close?(): Promise<void>
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
export type LeaseOutcome =
  | { stored: true }
  | { notCacheable: true }
  | { failed: { code: TesouroTokensErrorCode; retryAfterSeconds?: number } }
