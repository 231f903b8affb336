// Compiled, never run: every client of both libraries and both of their versions is taken as it is.
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis'
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5'
import * as nodeRedis6 from 'redis'
import * as nodeRedis5 from 'redis5'
import { redisTokenCache } from '../src/index.js'

const node = { host: '127.0.0.1', port: 6379 }
const rootNodes = [{ url: 'redis://127.0.0.1:6379' }]
const sentinel = { name: 'primary', sentinelRootNodes: [node] }

export function fit(): void {
  redisTokenCache({ client: nodeRedis5.createClient() })
  redisTokenCache({ client: nodeRedis5.createClient({ RESP: 3 }) })
  redisTokenCache({ client: nodeRedis5.createCluster({ rootNodes }) })
  redisTokenCache({ client: nodeRedis5.createCluster({ rootNodes, RESP: 3 }) })
  redisTokenCache({ client: nodeRedis5.createSentinel(sentinel) })
  redisTokenCache({ client: nodeRedis5.createSentinel({ ...sentinel, RESP: 3 }) })
  redisTokenCache({ client: nodeRedis6.createClient() })
  redisTokenCache({ client: nodeRedis6.createClient({ RESP: 2 }) })
  redisTokenCache({ client: nodeRedis6.createClient({ RESP: 3 }) })
  redisTokenCache({ client: nodeRedis6.createCluster({ rootNodes }) })
  redisTokenCache({ client: nodeRedis6.createCluster({ rootNodes, RESP: 3 }) })
  redisTokenCache({ client: nodeRedis6.createSentinel(sentinel) })
  redisTokenCache({ client: nodeRedis6.createSentinel({ ...sentinel, RESP: 3 }) })
  redisTokenCache({ client: new Redis5() })
  redisTokenCache({ client: new Redis5({ sentinels: [node], name: 'primary' }) })
  redisTokenCache({ client: new Cluster5([node]) })
  redisTokenCache({ client: new Redis6() })
  redisTokenCache({ client: new Redis6({ sentinels: [node], name: 'primary' }) })
  redisTokenCache({ client: new Cluster6([node]) })

  const client = nodeRedis6.createClient()
  redisTokenCache({ client, subscriber: client.duplicate() })
  redisTokenCache({ client: new Redis6(), subscriber: new Redis6() })

  // @ts-expect-error a client is needed
  redisTokenCache({})
  // @ts-expect-error something else is no client
  redisTokenCache({ client: { get: async () => 'value' } })
  // @ts-expect-error a URL is no client
  redisTokenCache({ client: 'redis://127.0.0.1:6379' })
}
