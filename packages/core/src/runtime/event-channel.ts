/** Where the beginning and the end of work of one type are published: as much of Node's `TracingChannel` as is used. */
export interface WorkChannel {
  readonly hasSubscribers: boolean
  readonly start: Publishes & {
    /** Publishes, and runs work in the stores that subscribers have bound. */
    runStores<Result>(message: object, work: () => Result): Result
  }
  readonly end: Publishes
  readonly asyncStart: Publishes
  readonly asyncEnd: Publishes
  readonly error: Publishes
}

interface Publishes {
  publish(message: object): void
}

/** Where events of one type are published to listeners in this process other than `onEvent`. */
export interface EventChannel {
  readonly hasSubscribers: boolean
  publish(event: unknown): void
}
