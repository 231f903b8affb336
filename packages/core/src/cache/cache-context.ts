import type { CacheFailureEvent, CacheGuardEvent } from '../events.js'
import type { Clock } from '../lib/clock.js'
import type { CacheAnswer } from './check-answer.js'
import type { LeaseAnswer, TokenCache, TokenKey } from './token-cache.js'

/**
 * What a cache of ours is given by an instance that begins to use it, and gives back. A cache is made before the
 * instance is, and several instances may share it. A symbol from the registry, because two copies of this package
 * may be installed.
 */
export const cacheHook: unique symbol = Symbol.for('@tesouro-tokens/cache')

/** What an instance lends to the caches that it uses. */
export interface CacheHost {
  readonly clock: Clock
  /** How long one operation of a remote cache may take, in milliseconds. */
  readonly cacheMs: number
  emit(event: CacheFailureEvent | CacheGuardEvent): void
}

/**
 * A cache as an instance uses it: told how much of a call's time is left, and able to say what the public interface
 * cannot. A failure has been told to the host by the time an operation rejects.
 */
export interface LinkedCache {
  /** The guard is open: the store behind is not asked. */
  readonly bypassed: boolean
  /** Asks the store behind, if it is not bypassed, whether it answers. */
  answers(): Promise<boolean>
  /** What this process's memory may answer without anybody's being asked; `undefined`: `get` has to be waited for. */
  atOnce(key: TokenKey): CacheAnswer | undefined
  /** `behind`: asks the store even where memory in front has a value. */
  get(key: TokenKey, how: { ms: number; behind: boolean }): Promise<CacheAnswer>
  set(
    key: TokenKey,
    value: string,
    options: { ttlMs: number; generation: string },
    ms: number,
  ): Promise<boolean>
  delete(key: TokenKey, ms: number): Promise<void>
  /** `undefined`: the cache has no leases. */
  lease(key: TokenKey, ttlMs: number, ms: number): Promise<LeaseAnswer | undefined>
  forget(subject: string): PendingForget
  leave(): void
}

/** A logout on its way into the store. */
export interface PendingForget {
  /** Resolves once this cache gives out nothing of before, whatever its store still holds. */
  noted: Promise<void>
  /** Resolves, with what was dropped, once the store has recorded it. Tried until `leave`, which rejects it. */
  recorded: Promise<string[]>
}

/** The member under {@link cacheHook}: begins to use the cache. */
export type CacheLink = (host: CacheHost) => {
  leave(): void
  /** Only of a cache that is `local`: the others are used through a guard, which has it. */
  linked?: LinkedCache | undefined
}

export function linkOf(cache: TokenCache): CacheLink | undefined {
  const link = (cache as { [cacheHook]?: CacheLink })[cacheHook]
  return link?.bind(cache)
}
