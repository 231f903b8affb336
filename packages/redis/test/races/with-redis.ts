import { type RedisServer, startRedis } from '@tesouro-tokens/conformance/redis'
import { createClient } from 'redis'
import { type NodeRedisClient, redisTokenCache } from '../../src/index.js'
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
    for (const client of clients.values()) await teach(client)
    await operator.flushDb()
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

/** Runs every script once: the text of one that Redis does not know yet would be sent past the explorer. */
async function teach(client: NodeRedisClient): Promise<void> {
  const cache = redisTokenCache({ client, keys: false })
  const key = { subject: 'somebody else', variant: 'desk' }
  const { generation } = await cache.get(key)
  await cache.set(key, 'token', { ttlMs: 60_000, generation })
  await cache.delete(key)
  const answer = await cache.lease?.(key, 60_000, { waited: true })
  if (answer !== undefined && 'held' in answer) {
    await answer.held.renew(60_000)
    await answer.held.release({ stored: true })
  }
  await cache.forget(key.subject)
}

async function open(server: RedisServer) {
  const client = createClient({ url: server.url })
  client.on('error', () => {})
  await client.connect()
  return client
}
