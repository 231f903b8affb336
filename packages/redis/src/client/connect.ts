import { ioRedis, isIoRedis } from './ioredis.js'
import { isNodeRedis, nodeRedis } from './node-redis.js'

/** What the rest of the package does with Redis, whichever library is behind it. */
export interface Connection {
  /** Runs a script on the server that has the keys; the answer is as the library gives it. */
  run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>
  /**
   * Listens on channels, on a connection that does nothing else, until it is told to stop. Never says whether that
   * works: the libraries connect and subscribe again by themselves, and a message that arrives is the only proof.
   */
  subscribe(channels: readonly string[], hear: (channel: string, message: string) => void): () => void
}

/** `undefined` for something that is no client of either library, or a subscriber of the other one. */
export function connectionOf(client: unknown, subscriber: unknown): Connection | undefined {
  if (isNodeRedis(client) && (subscriber === undefined || isNodeRedis(subscriber))) {
    return nodeRedis(client, subscriber)
  }
  if (isIoRedis(client) && (subscriber === undefined || isIoRedis(subscriber))) {
    return ioRedis(client, subscriber)
  }
  return undefined
}
