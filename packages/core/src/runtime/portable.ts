// What differs between runtimes, in the form that needs nothing but the web platform. Chosen by the `#runtime`
// import condition of package.json; node.ts and edge.ts are its siblings.

import type { EventChannel, WorkChannel } from './event-channel.js'

/** Whether work that is still under way after a response was sent will be finished. */
export const runsInBackground: boolean = true

/** Runs a function outside the caller's async context, so that shared work holds on to no request. */
export function outsideAsyncContext<Result>(work: () => Result): Result {
  return work()
}

/** Where events of a type are published in addition to `onEvent`: here, nowhere. */
export function eventChannel(_type: string): EventChannel {
  return nowhere
}

/** Where work of a type is published: here, nowhere. */
export function workChannel(_type: string): WorkChannel | undefined {
  return undefined
}

const nowhere: EventChannel = { hasSubscribers: false, publish: () => {} }
