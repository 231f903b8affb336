import type { Connection } from './connection.js'
import { hasMethods } from './has-methods.js'
import { runScript } from './run-script.js'
import type { NodeRedisClient } from './types.js'

interface Subscriber extends NodeRedisClient {
  readonly isOpen: boolean
  connect(): Promise<unknown>
  unsubscribe(channels: string[], listener: Listener): Promise<unknown>
  destroy(): unknown
  on(event: 'error', listener: () => void): unknown
  off(event: 'error', listener: () => void): unknown
}

type Listener = (message: string, channel: string) => void

/** Clients, clusters and Sentinel clients of node-redis, which writes `evalSha` where ioredis has `evalsha`. */
export function isNodeRedis(value: unknown): value is Subscriber {
  return hasMethods(value, 'eval', 'evalSha', 'connect', 'subscribe', 'unsubscribe', 'destroy', 'on', 'off')
}

export function nodeRedis(client: Subscriber, given: Subscriber | undefined): Connection {
  return {
    run(script, keys, args) {
      const options = { keys: [...keys], arguments: [...args] }
      return runScript(script, {
        hash: (hash) => client.evalSha(hash, options),
        text: () => client.eval(script, options),
      })
    },

    subscribe(channels, hear) {
      // A Sentinel client of version 5 cannot be duplicated; it has a connection of its own for what it subscribes to.
      const subscriber = given ?? (client.duplicate?.() as Subscriber | undefined) ?? client
      const isOwn = subscriber !== given && subscriber !== client
      const listener: Listener = (message, channel) => hear(channel, message)
      let stopped = false

      const start = async (): Promise<void> => {
        if (!subscriber.isOpen) await subscriber.connect()
        if (stopped) close()
        else await subscriber.subscribe([...channels], listener)
      }
      const close = (): void => {
        if (isOwn) void attempt(() => subscriber.destroy())
        else void attempt(() => subscriber.unsubscribe([...channels], listener))
      }

      // Without a listener an error of the connection would end the process.
      if (subscriber !== client) subscriber.on('error', ignore)
      void attempt(start)
      return () => {
        stopped = true
        close()
        if (subscriber === given) subscriber.off('error', ignore)
      }
    },
  }
}

function ignore(): void {}

async function attempt(work: () => unknown): Promise<void> {
  try {
    await work()
  } catch {
    // what does not work shows in messages that do not arrive
  }
}
