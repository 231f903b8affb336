import type { MeterProvider, ObservableResult } from '@opentelemetry/api'
import type { TesouroTokensEvent, TesouroTokensTrace } from '@tesouro-tokens/core'
import { errorType } from './attributes.js'
import { createInstruments, type Instruments } from './instruments.js'
import { recordEvent } from './record-event.js'
import type { EventListener, TraceListener } from './subscriptions.js'

/** Counts events, and times those pieces of work whose duration no event tells. */
export class Metrics implements EventListener, TraceListener {
  readonly #provider: () => MeterProvider
  readonly #name: string
  readonly #startedAt = new WeakMap<TesouroTokensTrace, number>()
  #instruments: { from: MeterProvider; all: Instruments } | undefined
  #bypassed = 0
  #waiting = 0

  constructor(provider: () => MeterProvider, name: string) {
    this.#provider = provider
    this.#name = name
  }

  /** A provider that is registered later takes the place of the one that does nothing. */
  get #all(): Instruments {
    const from = this.#provider()
    if (this.#instruments?.from !== from) {
      this.stop()
      const all = createInstruments(from.getMeter(this.#name))
      all.cacheBypassed.addCallback(this.#tellBypassed)
      all.slotsWaiting.addCallback(this.#tellWaiting)
      this.#instruments = { from, all }
    }
    return this.#instruments.all
  }

  readonly #tellBypassed = (level: ObservableResult): void => level.observe(this.#bypassed)
  readonly #tellWaiting = (level: ObservableResult): void => level.observe(this.#waiting)

  /** Tells no more levels: nobody hears of their changes any longer. */
  stop(): void {
    this.#instruments?.all.cacheBypassed.removeCallback(this.#tellBypassed)
    this.#instruments?.all.slotsWaiting.removeCallback(this.#tellWaiting)
    this.#instruments = undefined
  }

  started(trace: TesouroTokensTrace): void {
    if (trace.type !== 'cache' && trace.type !== 'slot_wait') return
    this.#startedAt.set(trace, performance.now())
    if (trace.type === 'slot_wait') this.#waiting += 1
  }

  ended(trace: TesouroTokensTrace): void {
    const startedAt = this.#startedAt.get(trace)
    if (startedAt === undefined) return
    const seconds = (performance.now() - startedAt) / 1_000
    const error = errorType(trace.outcome)
    if (trace.type === 'cache') {
      this.#all.cacheDuration.record(seconds, { 'tesouro_tokens.cache.operation': trace.operation, ...error })
    }
    if (trace.type === 'slot_wait') {
      this.#waiting -= 1
      this.#all.slotWait.record(seconds, error)
    }
  }

  happened(event: TesouroTokensEvent): void {
    if (event.type !== 'cache_guard') recordEvent(this.#all, event)
    // A breaker that was open when listening began is closed once more than it was opened.
    else this.#bypassed = Math.max(0, this.#bypassed + (event.state === 'open' ? 1 : -1))
  }
}
