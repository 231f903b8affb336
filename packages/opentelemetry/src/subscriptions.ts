import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { TesouroTokensEvent, TesouroTokensTrace } from '@tesouro-tokens/core'

/** Hears of work with a beginning and an end. Every piece of work is one object. */
export interface TraceListener {
  started(trace: TesouroTokensTrace): void
  ended(trace: TesouroTokensTrace): void
}

/** Hears of events. */
export interface EventListener {
  happened(event: TesouroTokensEvent): void
}

const everyType: { readonly [Type in TesouroTokensTrace['type']]: true } = {
  mint: true,
  obtain: true,
  exchange: true,
  revoke: true,
  cache: true,
  lease_wait: true,
  slot_wait: true,
}

/** Returns the way to stop. */
export function listenToTraces(listener: TraceListener): () => void {
  const stops = Object.keys(everyType).flatMap((type) => [
    hear(`tracing:tesouro-tokens:${type}:start`, (trace: TesouroTokensTrace) => listener.started(trace)),
    hear(`tracing:tesouro-tokens:${type}:asyncEnd`, (trace: TesouroTokensTrace) => listener.ended(trace)),
  ])
  return () => {
    for (const stop of stops) stop()
  }
}

/** Returns the way to stop. On this channel events are without users unless the application itself asks for their names. */
export function listenToEvents(listener: EventListener): () => void {
  return hear('tesouro-tokens:event', (event: TesouroTokensEvent) => listener.happened(event))
}

/** A mistake here must not reach the application: what a channel's listener throws would end the process. */
function hear<Message>(channel: string, work: (message: Message) => void): () => void {
  const listener = (message: unknown): void => {
    try {
      work(message as Message)
    } catch {
      // one span or figure less
    }
  }
  subscribe(channel, listener)
  return () => void unsubscribe(channel, listener)
}
