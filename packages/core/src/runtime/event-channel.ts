/** Where events of one type are published to whoever listens in this process beside `onEvent`. */
export interface EventChannel {
  readonly hasSubscribers: boolean
  publish(event: unknown): void
}
