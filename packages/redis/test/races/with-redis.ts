import { type RedisServer, startRedis } from '@tesouro-tokens/conformance/redis'
import { createClient } from 'redis'
import type { NodeRedisClient } from '../../src/index.js'
import { RedisExplorer } from './explorer.js'

/** Starts a Redis with two clients, and lends an explorer of it. `changing`: puts something in front of each client. */
export async function withRedis<Result>(
  work: (explorer: RedisExplorer) => Promise<Result>,
  changing: (client: NodeRedisClient) => NodeRedisClient = (client) => client,
): Promise<Result> {
  const server = await startRedis()
  const opened = await Promise.all([open(server), open(server), open(server), open(server)])
  const [ofP, ofQ, operator, subscriber] = opened
  try {
    const heard: string[] = []
    await subscriber.subscribe('tesouro:forgotten', (message) => void heard.push(message))
    const clients = new Map([
      ['P', changing(ofP)],
      ['Q', changing(ofQ)],
    ])
    const explorer = new RedisExplorer(clients, {
      evict: async (subject) => void (await operator.del(`tesouro:{${subject}}:person`)),
      flush: async () => void (await operator.flushDb()),
      async heardOf(subject) {
        await subscriber.ping() // comes after every message
        return heard.splice(0).filter((message) => message.endsWith(` ${subject}`)).length
      },
    })
    return await work(explorer)
  } finally {
    for (const client of opened) client.destroy()
    await server.stop()
  }
}

async function open(server: RedisServer) {
  const client = createClient({ url: server.url })
  client.on('error', () => {})
  await client.connect()
  return client
}
