import type { TokenCache } from '@tesouro-tokens/core'
import type { SharedStore } from './shared-store.js'

type Listener = (subject: string | undefined) => void

/** One process's way to a shared store, which a test can cut: commands, the subscription to logouts, or both. */
export class Line {
  readonly cache: TokenCache
  /** What was asked of the store over this line, probes aside: `get`, `set`, … */
  readonly asked: string[] = []
  /** How many probes came over this line. */
  probes = 0
  /** While this is set, every operation ends with it. */
  failure: (() => Promise<unknown>) | undefined
  #listeners = new Set<Listener>()
  #deaf = false

  constructor(store: SharedStore) {
    const behind = store.open()
    const over = async <Result>(
      operation: string,
      work: () => Promise<Result>,
      subject?: string,
    ): Promise<Result> => {
      if (subject === 'health') this.probes += 1
      else this.asked.push(operation)
      await this.failure?.()
      return work()
    }
    behind.onForget?.((subject) => {
      if (!this.#deaf) this.#tell(subject)
    })
    this.cache = {
      get: (key) => over('get', () => behind.get(key), key.subject),
      set: (key, value, how) => over('set', () => behind.set(key, value, how)),
      delete: (key) => over('delete', () => behind.delete(key)),
      forget: (subject) => over('forget', () => behind.forget(subject)),
      lease: (key, ttlMs) =>
        over('lease', async () => (await behind.lease?.(key, ttlMs)) ?? { busy: true as const }),
      onForget: (listener) => {
        this.#listeners.add(listener)
        return () => void this.#listeners.delete(listener)
      },
    }
  }

  /** How many listen to logouts over this line. */
  get listening(): number {
    return this.#listeners.size
  }

  /** Nothing arrives any longer, and nobody has noticed yet. */
  deafen(): void {
    this.#deaf = true
  }

  /** The subscription is lost and the cache notices. What is published meanwhile never arrives. */
  loseSubscription(): void {
    this.deafen()
    this.#tell(undefined)
  }

  restoreSubscription(): void {
    this.#deaf = false
    this.#tell(undefined)
  }

  #tell(subject: string | undefined): void {
    for (const listener of [...this.#listeners]) listener(subject)
  }
}

/** How a store can fail. */
export const rejects = (): Promise<never> => Promise.reject(new Error('the store is down'))
export const hangs = (): Promise<never> => new Promise(() => {})
