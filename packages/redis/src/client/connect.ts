import type { Connection } from './connection.js'
import { ioRedis, isIoRedis } from './ioredis.js'
import { isNodeRedis, nodeRedis } from './node-redis.js'

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
