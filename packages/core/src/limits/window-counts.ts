interface Window {
  counted: number
  readonly endsAt: number
}

/** Counts in this process's memory, in a window for each name that begins with the first count. */
export class WindowCounts {
  readonly #points: number
  readonly #windowMs: number
  /** In the order in which they end: every window is as long as the others. */
  readonly #windows = new Map<string, Window>()

  /** `points`: how many a window holds. */
  constructor({ points, windowMs }: { points: number; windowMs: number }) {
    this.#points = points
    this.#windowMs = windowMs
  }

  /** Counts one at that moment of the monotonic clock: 0, or the milliseconds until the next window where this one is full. */
  count(name: string, now: number): number {
    this.#dropEnded(now)
    const window = this.#windows.get(name) ?? { counted: 0, endsAt: now + this.#windowMs }
    this.#windows.set(name, window)
    if (window.counted >= this.#points) return window.endsAt - now
    window.counted += 1
    return 0
  }

  #dropEnded(now: number): void {
    for (const [name, { endsAt }] of this.#windows) {
      if (endsAt > now) return
      this.#windows.delete(name)
    }
  }
}
