import { AsyncLocalStorage } from 'node:async_hooks'
import { channel } from 'node:diagnostics_channel'
import type { EventChannel } from './event-channel.js'

export const runsInBackground: boolean = true

/** Taken when the module is loaded, before there is any request. */
export const outsideAsyncContext: <Result>(work: () => Result) => Result = AsyncLocalStorage.snapshot()

export function eventChannel(type: string): EventChannel {
  return channel(`tesouro-tokens:${type}`)
}
