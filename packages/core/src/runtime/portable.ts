// What differs between runtimes, in the form that needs nothing but the web platform. Chosen by the `#runtime`
// import condition of package.json; node.ts and edge.ts are its siblings.

/** Whether work that is still under way after a response was sent will be finished. */
export const runsInBackground: boolean = true

/** Runs a function outside the caller's async context, so that shared work holds on to no request. */
export function outsideAsyncContext<Result>(work: () => Result): Result {
  return work()
}

/** Publishes an event to whoever listens in this process beside `onEvent`. */
export const diagnostics: {
  hasSubscribers(type: string): boolean
  publish(type: string, event: unknown): void
} = {
  hasSubscribers: () => false,
  publish: () => {},
}
