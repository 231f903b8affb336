import type { Lease, LeaseAnswer, TokenCache, TokenKey } from '@tesouro-tokens/core'

/** A cache under test, and how time passes for it. */
export interface CacheSubject {
  cache: TokenCache
  /** A second handle on the same store, as another process would have it; absent where the store is this process's own. */
  elsewhere?: TokenCache
  /** A second cache of this process over the same store object, such as another layer; absent: `cache` itself has two users. */
  beside?: TokenCache
  /** The store loses what it knows of a person, as one does that evicts; absent where a store loses nothing. */
  lose?(subject: string): Promise<void>
  /** Lets that many milliseconds pass by the store's clock. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

export const keyOf = (subject: string, variant: string): TokenKey => ({ subject, variant })
export const alice: TokenKey = keyOf('a'.repeat(64), '1'.repeat(64))
export const aliceElse: TokenKey = keyOf('a'.repeat(64), '2'.repeat(64))
export const bob: TokenKey = keyOf('b'.repeat(64), '1'.repeat(64))

/** Stores a value as core does: under the generation of now. */
export async function store(
  cache: TokenCache,
  key: TokenKey,
  value: string,
  ttlMs = 60_000,
): Promise<boolean> {
  const { generation } = await cache.get(key)
  return cache.set(key, value, { ttlMs, generation })
}

export async function storedAt(cache: TokenCache, key: TokenKey): Promise<string | undefined> {
  return (await cache.get(key)).value
}

/** Who is signed in, as the generation tells it: a renewal changes only what follows. */
export async function partOf(cache: TokenCache, key: TokenKey): Promise<string> {
  const { generation } = await cache.get(key)
  return generation.replace(/~.*$/s, '')
}

export async function holdLease(
  cache: TokenCache,
  key: TokenKey,
  ttlMs = 5_000,
  waited = false,
): Promise<Lease> {
  const answer: LeaseAnswer | undefined = await cache.lease?.(key, ttlMs, { waited })
  if (answer !== undefined && 'held' in answer) return answer.held
  throw new Error(`the lease is not free: ${JSON.stringify(answer)}`)
}
