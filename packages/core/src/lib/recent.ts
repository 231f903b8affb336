import { type Clock, elapsedMs, type Moment, momentOf } from './clock.js'

/** Values of the last while, by name. */
export class Recent<Value> {
  readonly #ms: number
  /** The oldest first. */
  readonly #values = new Map<string, { at: Moment; value: Value }>()

  /** `ms`: how long one is kept. */
  constructor(ms: number) {
    this.#ms = ms
  }

  get(name: string, clock: Clock): Value | undefined {
    for (const [old, { at }] of this.#values) {
      if (elapsedMs(clock, at) < this.#ms) break
      this.#values.delete(old)
    }
    return this.#values.get(name)?.value
  }

  set(name: string, value: Value, clock: Clock): void {
    this.#values.set(name, { at: momentOf(clock), value })
  }
}
