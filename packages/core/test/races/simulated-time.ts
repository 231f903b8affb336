/** A timer of a simulated process. */
export interface Timer {
  readonly process: string
  readonly run: () => void
  readonly everyMs: number | undefined
  due: number
  unref(): void
}

/** Time that goes on only when the explorer lets it. */
export class SimulatedTime {
  /** The true time, in milliseconds since the epoch. */
  now = 1_800_000_000_000
  readonly #timers = new Set<Timer>()

  get timers(): readonly Timer[] {
    return [...this.#timers]
  }

  start(process: string, run: () => void, ms: number, repeats: boolean): Timer {
    const lengthMs = Math.max(ms, 1)
    const everyMs = repeats ? lengthMs : undefined
    const timer = { process, run, everyMs, due: this.now + lengthMs, unref: () => {} }
    this.#timers.add(timer)
    return timer
  }

  stop(timer: Timer | undefined): void {
    if (timer !== undefined) this.#timers.delete(timer)
  }

  /** The timer that is due first, of those that are due by then. */
  next(by: number, runs: (process: string) => boolean): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.due > by || !runs(timer.process)) continue
      if (first === undefined || timer.due < first.due) first = timer
    }
    return first
  }

  fire(timer: Timer): void {
    this.now = Math.max(this.now, timer.due)
    if (timer.everyMs === undefined) this.#timers.delete(timer)
    else timer.due = this.now + timer.everyMs
    timer.run()
  }
}
