import type { Clock } from '@tesouro-tokens/core'

/** A clock for tests: stands still until it is told to go on. Both hands move together unless told otherwise. */
export class ManualClock implements Clock {
  #wall: number
  #monotonic = 1_000

  constructor(wall = 1_800_000_000_000) {
    this.#wall = wall
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#monotonic
  }

  pass(ms: number): void {
    this.#wall += ms
    this.#monotonic += ms
  }

  /** Somebody sets the wall clock. */
  step(ms: number): void {
    this.#wall += ms
  }

  /** The machine sleeps: the wall clock goes on, the monotonic clock stands still. */
  sleep(ms: number): void {
    this.#wall += ms
  }
}
