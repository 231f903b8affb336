import { CacheUnavailableError } from '../../errors.js'
import type { CacheContext } from '../cache-context.js'
import { isAnything, isBoolean } from '../check-answer.js'
import type { Lease, TokenCache } from '../token-cache.js'
import { attempt, type CircuitBreaker, type Operation } from './circuit-breaker.js'

/** Runs operations on one store: a remote one stands behind its circuit breaker, one in this process's memory does not. */
export class StoreOperations {
  readonly #isLocal: boolean
  readonly #parts: { breaker: CircuitBreaker; context: CacheContext }

  constructor(store: TokenCache, parts: { breaker: CircuitBreaker; context: CacheContext }) {
    this.#isLocal = store.local === true
    this.#parts = parts
  }

  /** @throws CacheUnavailableError when the operation failed; the event has been emitted */
  async run<Answer>(operation: Operation<Answer>, ms: number = Number.POSITIVE_INFINITY): Promise<Answer> {
    if (!this.#isLocal) return this.#parts.breaker.run(operation, ms)
    const result = await attempt(operation, undefined)
    if ('answer' in result) return result.answer
    const { reason, refusal } = result
    this.#parts.context.current.emit({ type: 'cache_failure', operation: operation.name, reason })
    throw refusal ?? new CacheUnavailableError('the cache failed')
  }

  /** A lease whose operations are run like all others. */
  lease(lease: Lease): Lease {
    return {
      renew: (ttlMs) => this.run({ name: 'renew', work: () => lease.renew(ttlMs), check: isBoolean }),
      release: async (outcome) => {
        await this.run({ name: 'release', work: () => lease.release(outcome), check: isAnything })
      },
    }
  }
}
