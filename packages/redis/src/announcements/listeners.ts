import type { Listener } from './listener.js'
import { Subscription, type SubscriptionParts } from './subscription.js'

/** Hears of logouts in other processes as long as there is a listener. */
export class Listeners {
  readonly #parts: Omit<SubscriptionParts, 'tell'>
  readonly #listeners = new Set<Listener>()
  #subscription: Subscription | undefined

  constructor(parts: Omit<SubscriptionParts, 'tell'>) {
    this.#parts = parts
  }

  /** Returns the way to stop listening. */
  add(listener: Listener): () => void {
    // of its own, so that a function that is added twice can be taken away once
    const entry: Listener = (subject, what) => listener(subject, what)
    this.#listeners.add(entry)
    this.#subscription ??= new Subscription({ ...this.#parts, tell: (...told) => this.#tell(...told) })
    return () => {
      this.#listeners.delete(entry)
      if (this.#listeners.size === 0) this.stop()
    }
  }

  /** Whether announcements are known to arrive at this moment. */
  hears(): boolean {
    return this.#subscription?.alive ?? false
  }

  stop(): void {
    this.#listeners.clear()
    this.#subscription?.stop()
    this.#subscription = undefined
  }

  #tell(...told: Parameters<Listener>): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(...told)
      } catch {
        // one listener's mistake keeps no logout from the others
      }
    }
  }
}
