// Compiled, never run: every client of both libraries and both of their versions is taken as it is.
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis'
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5'
import Redis50, { Cluster as Cluster50 } from 'ioredis50'
import * as nodeRedis6 from 'redis'
import * as nodeRedis5 from 'redis5'
import * as nodeRedis50 from 'redis50'
import { redisStores, redisTokenCache } from '../src/index.js'

const node = { host: '127.0.0.1', port: 6379 }
const rootNodes = [{ url: 'redis://127.0.0.1:6379' }]
const sentinel = { name: 'primary', sentinelRootNodes: [node] }

const keys = ['0'.repeat(64)]

export function fit(): void {
  redisTokenCache({ keys, client: nodeRedis50.createClient() })
  redisTokenCache({ keys, client: nodeRedis50.createCluster({ rootNodes }) })
  redisTokenCache({ keys, client: nodeRedis50.createSentinel(sentinel) })
  redisTokenCache({ keys, client: new Redis50.default() })
  redisTokenCache({ keys, client: new Cluster50([node]) })
  redisTokenCache({ keys, client: nodeRedis5.createClient() })
  redisTokenCache({ keys, client: nodeRedis5.createClient({ RESP: 3 }) })
  redisTokenCache({ keys, client: nodeRedis5.createCluster({ rootNodes }) })
  redisTokenCache({ keys, client: nodeRedis5.createCluster({ rootNodes, RESP: 3 }) })
  redisTokenCache({ keys, client: nodeRedis5.createSentinel(sentinel) })
  redisTokenCache({ keys, client: nodeRedis5.createSentinel({ ...sentinel, RESP: 3 }) })
  redisTokenCache({ keys, client: nodeRedis6.createClient() })
  redisTokenCache({ keys, client: nodeRedis6.createClient({ RESP: 2 }) })
  redisTokenCache({ keys, client: nodeRedis6.createClient({ RESP: 3 }) })
  redisTokenCache({ keys, client: nodeRedis6.createCluster({ rootNodes }) })
  redisTokenCache({ keys, client: nodeRedis6.createCluster({ rootNodes, RESP: 3 }) })
  redisTokenCache({ keys, client: nodeRedis6.createSentinel(sentinel) })
  redisTokenCache({ keys, client: nodeRedis6.createSentinel({ ...sentinel, RESP: 3 }) })
  redisTokenCache({ keys, client: new Redis5() })
  redisTokenCache({ keys, client: new Redis5({ sentinels: [node], name: 'primary' }) })
  redisTokenCache({ keys, client: new Cluster5([node]) })
  redisTokenCache({ keys, client: new Redis6() })
  redisTokenCache({ keys, client: new Redis6({ sentinels: [node], name: 'primary' }) })
  redisTokenCache({ keys, client: new Cluster6([node]) })

  const client = nodeRedis6.createClient()
  redisTokenCache({ keys, client, subscriber: client.duplicate() })
  redisTokenCache({ keys, client: new Redis6(), subscriber: new Redis6() })

  redisTokenCache({ client, keys: false })
  redisStores({ client, keys, subscriber: client.duplicate() })
  // @ts-expect-error keys are needed, or false
  redisTokenCache({ client })
  // @ts-expect-error a client is needed
  redisTokenCache({ keys })
  // @ts-expect-error something else is no client
  redisTokenCache({ keys, client: { get: async () => 'value' } })
  // @ts-expect-error a URL is no client
  redisTokenCache({ keys, client: 'redis://127.0.0.1:6379' })
}
