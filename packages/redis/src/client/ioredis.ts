import type { Connection } from './connection.js'
import { hasMethods } from './has-methods.js'
import { runScript } from './run-script.js'
import type { IoRedisClient } from './types.js'

interface Subscriber extends IoRedisClient {
  readonly status: string
  readonly isCluster?: boolean
  readonly options?: { readonly enableAutoPipelining?: boolean }
  connect(): Promise<unknown>
  pipeline(commands: string[][]): { exec(): Promise<[error: Error | null, reply?: unknown][] | null> }
  unsubscribe(...channels: string[]): Promise<unknown>
  disconnect(): void
  on(event: 'error' | 'ready', listener: () => void): unknown
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  off(event: string, listener: (...args: never[]) => void): unknown
}

/** Clients and clusters of ioredis, which writes `evalsha` where node-redis has `evalSha`. */
export function isIoRedis(value: unknown): value is Subscriber {
  return hasMethods(
    value,
    'eval',
    'evalsha',
    'connect',
    'pipeline',
    'subscribe',
    'unsubscribe',
    'disconnect',
    'on',
    'off',
  )
}

/**
 * A pipeline of one command. ioredis before 5.11 collects commands for a cluster by the slot of their first argument,
 * which for a script is no key, and then refuses all of them.
 */
async function runAlone(client: Subscriber, command: string[]): Promise<unknown> {
  const [[error, reply] = []] = (await client.pipeline([command]).exec()) ?? []
  if (error) throw error
  return reply
}

export function ioRedis(client: Subscriber, given: Subscriber | undefined): Connection {
  const collects = client.isCluster === true && client.options?.enableAutoPipelining === true
  return {
    run(script, keys, args) {
      const more = [`${keys.length}`, ...keys, ...args]
      return runScript(script, {
        hash: (hash) =>
          collects
            ? runAlone(client, ['evalsha', hash, ...more])
            : client.evalsha(hash, keys.length, ...keys, ...args),
        text: () =>
          collects
            ? runAlone(client, ['eval', script, ...more])
            : client.eval(script, keys.length, ...keys, ...args),
      })
    },

    subscribe(channels, hear) {
      const subscriber = given ?? (client.duplicate() as Subscriber)
      // At every connection: one that is made after the first failed has nothing to subscribe to again.
      const subscribe = (): void => void subscriber.subscribe(...channels).catch(ignore)

      subscriber.on('message', hear)
      subscriber.on('ready', subscribe)
      // Without a listener every error of the connection would be printed.
      subscriber.on('error', ignore)
      if (subscriber.status === 'ready') subscribe()
      if (subscriber.status === 'wait') subscriber.connect().catch(ignore)
      return () => {
        subscriber.off('message', hear)
        subscriber.off('ready', subscribe)
        if (subscriber !== given) return subscriber.disconnect()
        subscriber.off('error', ignore)
        subscriber.unsubscribe(...channels).catch(ignore)
      }
    },
  }
}

/** What does not work shows in messages that do not arrive. */
function ignore(): void {}
