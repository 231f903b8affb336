import type { Clock, LimitStore } from '../../src/index.js'

/** What processes share, in memory: a store as Redis is one, without Redis. */
export class SharedLimits implements LimitStore {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #nextAt = new Map<string, number>()
  readonly #counts = new Map<string, number>()
  /** While this is set, every operation ends with it. */
  failure: (() => Promise<never>) | undefined
  /** What a request for a slot is answered with instead of what is right. */
  garbage: unknown
  /** Every key that was ever named. */
  readonly keys: Set<string> = new Set()

  constructor(clock: Pick<Clock, 'monotonic'> = performanceClock) {
    this.#clock = clock
  }

  async reserve(
    key: string,
    { intervalMs, withinMs }: { intervalMs: number; withinMs: number },
  ): Promise<{ waitMs: number }> {
    this.keys.add(key)
    await this.failure?.()
    if (this.garbage !== undefined) return this.garbage as { waitMs: number }
    const now = this.#clock.monotonic()
    const at = Math.max(now, this.#nextAt.get(key) ?? now)
    if (at - now <= withinMs) this.#nextAt.set(key, at + intervalMs)
    return { waitMs: at - now }
  }

  async pause(key: string, ms: number): Promise<void> {
    this.keys.add(key)
    await this.failure?.()
    this.#nextAt.set(key, Math.max(this.#clock.monotonic() + ms, this.#nextAt.get(key) ?? 0))
  }

  async count(
    key: string,
    { points, windowMs }: { points: number; windowMs: number },
  ): Promise<{ waitMs: number }> {
    this.keys.add(key)
    await this.failure?.()
    const counted = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, counted)
    return { waitMs: counted > points ? windowMs : 0 }
  }
}

const performanceClock = { monotonic: (): number => performance.now() }
