import type { Person } from '../cache/shared/person.js'
import type { TesouroTokensError } from '../errors.js'
import { type Clock, elapsedMs, momentOf } from '../lib/clock.js'

const firstPauseMs = 5_000
const longestPauseMs = 60_000
/** A failure so long ago that the next one starts from the first pause again. */
const forgottenAfterMs = 600_000

/**
 * Remembers failures of one kind for a while, with the person, so that asking again and again costs nothing: 5 s after
 * the first, doubling to 60 s.
 */
export class FailureMemory {
  readonly #clock: Clock
  readonly #kind: string
  readonly #jitter: number

  /** `jitter` lengthens each pause by up to that share, so that processes do not try again in step. */
  constructor(clock: Clock, { kind, jitter }: { kind: string; jitter: number }) {
    this.#clock = clock
    this.#kind = kind
    this.#jitter = jitter
  }

  /** The failure that is still in force, and for how long, in milliseconds. */
  inForce(person: Person, variant: string): { error: TesouroTokensError; leftMs: number } | undefined {
    const failure = person.failures?.get(this.#idOf(variant))
    if (failure === undefined) return undefined
    const leftMs = failure.pauseMs - elapsedMs(this.#clock, failure.at)
    return leftMs > 0 ? { error: failure.error, leftMs } : undefined
  }

  remember(person: Person, variant: string, error: TesouroTokensError): void {
    const id = this.#idOf(variant)
    const before = person.failures?.get(id)
    const recent = before !== undefined && elapsedMs(this.#clock, before.at) < forgottenAfterMs
    const times = recent ? before.times + 1 : 1
    const pauseMs =
      Math.min(longestPauseMs, firstPauseMs * 2 ** (times - 1)) * (1 + Math.random() * this.#jitter)
    person.failures ??= new Map()
    person.failures.set(id, { error, times, pauseMs, at: momentOf(this.#clock) })
  }

  clear(person: Person, variant: string): void {
    person.failures?.delete(this.#idOf(variant))
    if (person.failures?.size === 0) person.failures = undefined
  }

  #idOf(variant: string): string {
    return `${this.#kind} ${variant}`
  }
}
