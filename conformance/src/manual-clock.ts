import type { Clock } from '@tesouro-tokens/core'

/**
 * A process's clock for tests. It stands still until it is told to go on. `truth` is the time as the platform
 * knows it, whatever somebody does to the process's own clock.
 */
export class ManualClock implements Clock {
  #trueNow = 1_800_000_000_000
  #skew = 0
  #slept = 0

  /** The platform's clock. */
  readonly truth: { now(): number } = { now: () => this.#trueNow }

  now(): number {
    return this.#trueNow + this.#skew
  }

  monotonic(): number {
    return this.#trueNow - this.#slept
  }

  pass(ms: number): void {
    this.#trueNow += ms
  }

  /** Somebody sets the process's wall clock, forward or back. */
  step(ms: number): void {
    this.#skew += ms
  }

  /** The process or its machine is frozen: time passes, and the monotonic clock does not notice. */
  freeze(ms: number): void {
    this.#trueNow += ms
    this.#slept += ms
  }
}
