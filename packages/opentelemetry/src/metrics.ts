import type { MeterProvider } from '@opentelemetry/api'
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

  constructor(provider: () => MeterProvider, name: string) {
    this.#provider = provider
    this.#name = name
  }

  /** A provider that is registered later takes the place of the one that does nothing. */
  get #all(): Instruments {
    const from = this.#provider()
    if (this.#instruments?.from !== from) {
      this.#instruments = { from, all: createInstruments(from.getMeter(this.#name)) }
    }
    return this.#instruments.all
  }

  started(trace: TesouroTokensTrace): void {
    if (trace.type !== 'cache' && trace.type !== 'slot_wait') return
    this.#startedAt.set(trace, performance.now())
    if (trace.type === 'slot_wait') this.#all.slotsWaiting.add(1)
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
      this.#all.slotsWaiting.add(-1)
      this.#all.slotWait.record(seconds, error)
    }
  }

  happened(event: TesouroTokensEvent): void {
    if (event.type === 'cache_guard') this.#guard(event.state)
    else recordEvent(this.#all, event)
  }

  /** A guard that was open when listening began is closed once more than it was opened. */
  #guard(state: 'open' | 'closed'): void {
    const change = state === 'open' ? 1 : -Math.min(1, this.#bypassed)
    this.#bypassed += change
    if (change !== 0) this.#all.cacheBypassed.add(change)
  }
}
