import { type Clock, systemClock } from '../../lib/clock.js'
import { optionalMembers } from '../check-answer.js'
import type { TokenCache } from '../token-cache.js'
import { type CacheUser, CircuitBreaker, probeOf } from './circuit-breaker.js'
import { LogoutQueue } from './logout-queue.js'
import { People } from './people.js'

/** For a cache that is used without an instance. */
const nobody: CacheUser = { clock: systemClock, cacheMs: 250, emit: () => {} }

/** Hears of logouts in other processes; `undefined`: some may have been missed. */
export type ForgetListener =
  NonNullable<TokenCache['onForget']> extends (listener: infer Listener) => unknown ? Listener : never

/** How many tokens memory keeps unless something else is asked for. */
export const defaultMaxEntries = 50_000

/**
 * Everything that this process holds for one store, however many instances, layers and wrappers use that object. The
 * clock, the time limit and the listener are those of the oldest instance, so that what happens to a shared store is
 * reported once.
 */
export class StoreState {
  readonly people: People = new People()
  readonly logouts: LogoutQueue = new LogoutQueue()
  readonly breaker: CircuitBreaker
  readonly #store: TokenCache
  readonly #users = new Set<{ user: CacheUser }>()
  readonly #listeners = new Set<ForgetListener>()
  #givenClock: Clock | undefined
  #stopListening: (() => void) | undefined

  constructor(store: TokenCache) {
    this.#store = store
    this.people.hearsNow = optionalMembers(store).hears
    this.breaker = new CircuitBreaker(store, this)
  }

  /** The clock that a cache was given, or the oldest instance's. */
  get clock(): Clock {
    return this.#givenClock ?? this.user.clock
  }

  useClock(clock: Clock): void {
    this.#givenClock = clock
    this.people.clock = clock
  }

  /** Whether any instance uses the store. */
  get used(): boolean {
    return this.#users.size > 0
  }

  get user(): CacheUser {
    for (const { user } of this.#users) return user
    return nobody
  }

  /** Returns how the instance leaves: `true` when it was the last one. */
  join(user: CacheUser): () => boolean {
    const entry = { user }
    this.#users.add(entry)
    this.people.clock = this.clock
    return () => {
      const isLast = this.#users.has(entry) && this.#users.size === 1
      if (isLast) this.stop() // while an instance is there to hear of it
      this.#users.delete(entry)
      this.people.clock = this.clock
      return isLast
    }
  }

  /** Whether the store answers; at once while its circuit breaker is open. */
  answers(): Promise<boolean> {
    return this.breaker.run(probeOf(this.#store)).then(
      () => true,
      () => false,
    )
  }

  /** Begins to hear of logouts elsewhere, if that has not begun and the store can tell. */
  listen(): void {
    const { onForget } = optionalMembers(this.#store)
    if (this.#stopListening !== undefined || onForget === undefined) return
    this.#stopListening = () => {}
    try {
      const stop: unknown = onForget((subject, what) => this.#hear(subject, what))
      if (typeof stop !== 'function') {
        Promise.resolve(stop).catch(() => {})
        throw new TypeError('onForget must return a function that ends it')
      }
      this.#stopListening = () => stop()
      this.people.hears = true
    } catch {
      this.user.emit({ type: 'cache_failure', operation: 'onForget', reason: 'rejected' })
    }
  }

  /** Passes on what is heard. Returns the way to stop that. */
  onForget(listener: ForgetListener): () => void {
    this.listen()
    const own: ForgetListener = (subject, what) => listener(subject, what)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** Nobody uses the store any longer, or not for now. */
  stop(): void {
    this.breaker.stop()
    this.logouts.stop()
    this.#stopListening?.()
    this.#stopListening = undefined
    if (this.people.hears) this.people.doubt()
    this.people.hears = false
  }

  #hear(...[subject, what]: Parameters<ForgetListener>): void {
    const { id = crypto.randomUUID(), renewal } = what ?? {}
    // What was begun here comes back, since other objects in front of the same store have to hear of it.
    if (subject !== undefined && this.people.knows(subject, id)) return
    if (subject === undefined) this.people.doubt()
    else if (renewal) this.people.renew(subject, { id })
    else this.people.forget(subject, { id })
    for (const listener of [...this.#listeners]) listener(subject, what)
  }
}

/** What answers for a cache of ours, or for a foreign one that an instance uses. A changed copy of ours is a foreign one. */
export const answering: WeakMap<TokenCache, { readonly state: StoreState }> = new WeakMap()

/** In which cache a cache of ours keeps everything. */
export const behind: WeakMap<TokenCache, TokenCache> = new WeakMap()

const states = new WeakMap<TokenCache, StoreState>()

/** The store at the end of a row of caches of ours. */
function storeBehind(cache: TokenCache): TokenCache {
  const inner = behind.get(cache)
  return inner === undefined ? cache : storeBehind(inner)
}

/** How a memory of this process is made. */
export interface MemorySettings {
  clock?: Clock | undefined
  maxEntries: number
}

/** The state of the store behind a cache: one for each store object, with the largest memory that was asked for. */
export function stateOf(
  cache: TokenCache,
  { clock, maxEntries }: MemorySettings = { clock: undefined, maxEntries: defaultMaxEntries },
): StoreState {
  const store = storeBehind(cache)
  const state = states.get(store) ?? new StoreState(store)
  states.set(store, state)
  state.people.holdAtLeast(maxEntries)
  if (clock !== undefined) state.useClock(clock)
  return state
}
