import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'

export const runsInBackground: boolean = true

/** Taken when the module is loaded, before there is any request. */
export const outsideAsyncContext: <Result>(work: () => Result) => Result = AsyncLocalStorage.snapshot()

export const diagnostics: {
  hasSubscribers(type: string): boolean
  publish(type: string, event: unknown): void
} = {
  hasSubscribers: (type) => channel(`tesouro-tokens:${type}`).hasSubscribers,
  publish: (type, event) => channel(`tesouro-tokens:${type}`).publish(event),
}
