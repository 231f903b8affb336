import type { TokenKey } from '../identity/token-key.js'
import type { Clock } from '../lib/clock.js'
import { isCount, type OptionShape, optional, readerOf, shapeOf, unless, withDefault } from '../lib/option.js'
import { clockProblem } from '../lib/time-problem.js'
import type { CacheAnswer } from './check-answer.js'
import { type Copy, Keeper } from './shared/person.js'
import { answering, defaultMaxEntries, type StoreState, stateOf } from './shared/store-state.js'
import type { CacheCall, ForgetRequest, KeptFor, TokenCache } from './token-cache.js'

/** What {@link memoryTokenCache} takes. */
export interface MemoryTokenCacheOptions {
  /** How many tokens are kept at most; the least recently used one goes first. Default 50,000. */
  maxEntries?: number | undefined
  /** The clock, for tests. Default: that of the instance that uses the cache. */
  clock?: Clock | undefined
}

const shape = shapeOf<MemoryTokenCacheOptions>()({
  maxEntries: withDefault<number>(
    unless(isCount, 'must be a whole number of at least 1'),
    defaultMaxEntries,
    'How many tokens are kept at most',
  ),
  clock: optional<Clock>(clockProblem, 'The clock, for tests', 'that of the instance that uses the cache'),
})
const read = readerOf(shape)
/** What is said of each option of `memoryTokenCache`. */
export const memoryTokenCacheShape: OptionShape<MemoryTokenCacheOptions> = shape

/**
 * Keeps access tokens in this process's memory. The default cache. Separate processes that use it hear only
 * their own logouts.
 *
 * @throws ConfigurationError when `maxEntries` is not a positive whole number, or an option is unknown
 *
 * @example
 * ```ts
 * import { memoryTokenCache } from '@tesouro-tokens/core'
 *
 * export const cache = memoryTokenCache({ maxEntries: 10_000 })
 * ```
 */
export function memoryTokenCache(options: MemoryTokenCacheOptions = {}): TokenCache {
  const { maxEntries, clock } = read(options)
  const cache: TokenCache = {
    local: true,
    get: async (key) => memory.get(key),
    set: async (key, value, how) => memory.set(key, value, how),
    delete: async (key) => memory.delete(key),
    forget: async (subject, request) => memory.forget(subject, request).here,
  }
  const memory = new MemoryCache(stateOf(cache, { clock, maxEntries }), { clock, maxEntries })
  answering.set(cache, memory)
  return cache
}

/** The records of people with nothing behind them. */
export class MemoryCache extends Keeper {
  readonly state: StoreState
  /** What it was made with. */
  readonly options: { readonly clock: Clock | undefined; readonly maxEntries: number }

  constructor(state: StoreState, options: { clock: Clock | undefined; maxEntries: number }) {
    super()
    this.state = state
    this.options = options
  }

  peek(key: TokenKey): Copy | undefined {
    return this.state.people.copy(key, this)
  }

  answerFrom(copy: Copy): CacheAnswer {
    const { value, person } = copy
    return { value, remainingMs: this.state.people.leftMs(copy), generation: person.own, alone: undefined }
  }

  get(key: TokenKey, _call?: CacheCall): CacheAnswer {
    const { people } = this.state
    const copy = this.peek(key)
    return copy === undefined ? { generation: people.of(key.subject).own } : this.answerFrom(copy)
  }

  set(key: TokenKey, value: string, how: KeptFor, _call?: CacheCall): boolean {
    const { people } = this.state
    const person = people.of(key.subject)
    if (how.generation !== person.own) return false
    people.keep(person, { variant: key.variant, via: this, kind: 'kept', value, ttlMs: how.ttlMs })
    return true
  }

  delete(key: TokenKey, _call?: CacheCall): void {
    const copy = this.peek(key)
    if (copy !== undefined) this.state.people.drop(copy)
  }

  /** Returns the values that it dropped. `order`: the number that a logout took when it was called. */
  forget(
    subject: string,
    { id, renewal }: ForgetRequest = { id: crypto.randomUUID() },
    order?: number,
  ): { here: string[]; recorded: Promise<string[]>; firstTry: Promise<boolean> } {
    const { people } = this.state
    const dropped = renewal ? people.renew(subject, { id }) : people.forget(subject, { id, order })
    const here = dropped.flatMap((copy) => (copy.via === this ? [copy.value] : []))
    return { here, recorded: Promise.resolve(here), firstTry: Promise.resolve(true) }
  }
}
