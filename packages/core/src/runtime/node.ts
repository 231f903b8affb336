import { AsyncLocalStorage } from 'node:async_hooks'
import { channel, tracingChannel } from 'node:diagnostics_channel'
import type { EventChannel, WorkChannel } from './event-channel.js'

export const runsInBackground: boolean = true

/** Taken when the module is loaded, before there is any request. */
export const outsideAsyncContext: <Result>(work: () => Result) => Result = AsyncLocalStorage.snapshot()

export function eventChannel(type: string): EventChannel {
  return channel(`tesouro-tokens:${type}`)
}

export function workChannel(type: string): WorkChannel {
  return tracingChannel(`tesouro-tokens:${type}`)
}
