import type { CacheFailureEvent, CacheGuardEvent } from '../events.js'
import { type Clock, systemClock } from '../lib/clock.js'

/** What an instance lends to the caches that it uses. A cache is made before the instance is. */
export interface CacheUser {
  readonly clock: Clock
  /** How long one operation of a remote cache may take, in milliseconds. */
  readonly cacheMs: number
  emit(event: CacheFailureEvent | CacheGuardEvent): void
}

/** For a cache that is used without an instance. */
const nobody: CacheUser = { clock: systemClock, cacheMs: 250, emit: () => {} }

/**
 * The instances that use one store. Its caches take the clock, the time limit and the listener of the oldest instance,
 * so that what happens to a shared store is told once.
 */
export class CacheContext {
  readonly #users = new Set<{ user: CacheUser }>()
  readonly #onEmpty: () => void
  readonly #onClock: (clock: Clock) => void
  #given: Clock | undefined

  /** `onClock` is told which clock counts from now on. */
  constructor(events: { onEmpty: () => void; onClock: (clock: Clock) => void }) {
    this.#onEmpty = events.onEmpty
    this.#onClock = events.onClock
  }

  /** The clock that a cache was given, or the oldest instance's. */
  get clock(): Clock {
    return this.#given ?? this.current.clock
  }

  useClock(clock: Clock): void {
    this.#given = clock
    this.#onClock(this.clock)
  }

  /** Whether any instance uses the store. */
  get used(): boolean {
    return this.#users.size > 0
  }

  get current(): CacheUser {
    for (const { user } of this.#users) return user
    return nobody
  }

  /** Returns how the instance leaves: `true` when it was the last one. */
  join(user: CacheUser): () => boolean {
    const entry = { user }
    this.#users.add(entry)
    this.#onClock(this.clock)
    return () => {
      const isLast = this.#users.delete(entry) && this.#users.size === 0
      this.#onClock(this.clock)
      if (isLast) this.#onEmpty()
      return isLast
    }
  }
}
