import type { Person } from '../cache/shared/person.js'
import type { TesouroTokensError } from '../errors.js'
import { type Clock, elapsedMs, momentOf } from '../lib/clock.js'

const firstPauseMs = 5_000
const longestPauseMs = 60_000
/** A failure so long ago that the next one starts from the first pause again. */
const forgottenAfterMs = 600_000

/** So many are remembered of a person: anybody may ask for variants without end. */
const mostFailures = 20

/** What is remembered: that the platform refused a user, that a refresh failed, that a refused token was replaced. */
type FailureKind = 'refusal' | 'refresh' | 'replacement'

/** Lengthens each pause by up to that share, so that processes do not try again in step. */
const jitter = { refusal: 0, refresh: 0.2, replacement: 0 } as const

/**
 * Remembers failures for a while, with the person, so that asking again and again costs nothing: 5 s after the first,
 * doubling to 60 s.
 */
export class FailureMemory {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The failure that is still in force, and for how long, in milliseconds. */
  inForce(
    kind: FailureKind,
    person: Person,
    variant: string,
  ): { error: TesouroTokensError; leftMs: number } | undefined {
    const failure = person.failures?.get(idOf(kind, variant))
    if (failure === undefined) return undefined
    const leftMs = failure.pauseMs - elapsedMs(this.#clock, failure.at)
    return leftMs > 0 ? { error: failure.error, leftMs } : undefined
  }

  remember(kind: FailureKind, person: Person, variant: string, error: TesouroTokensError): void {
    person.failures ??= new Map()
    const id = idOf(kind, variant)
    const before = person.failures.get(id)
    const recent = before !== undefined && elapsedMs(this.#clock, before.at) < forgottenAfterMs
    const times = recent ? before.times + 1 : 1
    const shortest = Math.min(longestPauseMs, firstPauseMs * 2 ** (times - 1))
    const pauseMs = shortest * (1 + Math.random() * jitter[kind])
    person.failures.delete(id)
    person.failures.set(id, { error, times, pauseMs, at: momentOf(this.#clock) })
    for (const oldest of [...person.failures.keys()].slice(0, -mostFailures)) person.failures.delete(oldest)
  }

  /** A token was obtained. What was replaced just now stays known: the next token may be refused as well. */
  clear(person: Person, variant: string): void {
    person.failures?.delete(idOf('refusal', variant))
    person.failures?.delete(idOf('refresh', variant))
    if (person.failures?.size === 0) person.failures = undefined
  }
}

function idOf(kind: FailureKind, variant: string): string {
  return `${kind} ${variant}`
}
