import type { RedisCluster, RedisSentinel, RedisServer } from '@tesouro-tokens/conformance/redis'
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis'
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5'
import Redis50, { Cluster as Cluster50 } from 'ioredis50'
import * as nodeRedis6 from 'redis'
import * as nodeRedis5 from 'redis5'
import * as nodeRedis50 from 'redis50'
import type { RedisClient } from '../src/index.js'

/** A client as an application has it. */
export interface Opened {
  client: RedisClient
  close(): Promise<void>
}

type Open<Where> = (where: Where) => Promise<Opened>

export const names = ['node-redis 5', 'node-redis 6', 'ioredis 5', 'ioredis 6'] as const
type ByName<Where> = { readonly [name in (typeof names)[number]]: Open<Where> }

interface NodeRedis {
  on(event: 'error', listener: () => void): unknown
  connect(): Promise<unknown>
  destroy(): unknown
}

async function nodeRedis<Client extends NodeRedis & RedisClient>(client: Client): Promise<Opened> {
  client.on('error', () => {})
  await client.connect()
  return {
    client,
    close: async () => {
      await client.destroy()
    },
  }
}

interface IoRedis {
  on(event: 'error', listener: () => void): unknown
  disconnect(): void
}

async function ioRedis<Client extends IoRedis & RedisClient>(client: Client): Promise<Opened> {
  client.on('error', () => {})
  return { client, close: async () => client.disconnect() }
}

export const singleServer: ByName<RedisServer> = {
  'node-redis 5': ({ url }) => nodeRedis(nodeRedis5.createClient({ url })),
  'node-redis 6': ({ url }) => nodeRedis(nodeRedis6.createClient({ url })),
  'ioredis 5': ({ port }) => ioRedis(new Redis5(port)),
  'ioredis 6': ({ port }) => ioRedis(new Redis6(port)),
}

/** The same with settings that change what a client sends or gives back. */
export const unusual: { readonly [name: string]: Open<RedisServer> } = {
  'node-redis 5 with RESP3': ({ url }) => nodeRedis(nodeRedis5.createClient({ url, RESP: 3 })),
  'node-redis 6 with bytes for text, text for numbers, and a prefix of its own': ({ url }) =>
    nodeRedis(
      nodeRedis6.createClient({
        url,
        keyPrefix: 'app:',
        commandOptions: {
          typeMapping: {
            [nodeRedis6.RESP_TYPES.BLOB_STRING]: Buffer,
            [nodeRedis6.RESP_TYPES.NUMBER]: String,
          },
        },
      }),
    ),
  'ioredis 6 with text for numbers, no queue, and a prefix of its own': async ({ port }) => {
    const client = new Redis6(port, { keyPrefix: 'app:', stringNumbers: true, enableOfflineQueue: false })
    await new Promise<void>((resolve) => client.once('ready', () => resolve()))
    return ioRedis(client)
  },
  'ioredis 5 that connects late, in another database': ({ port }) =>
    ioRedis(new Redis5(port, { lazyConnect: true, db: 3, enableAutoPipelining: true })),
  'node-redis 5.0.0, the oldest': ({ url }) => nodeRedis(nodeRedis50.createClient({ url })),
  'ioredis 5.0.0, the oldest': ({ port }) => ioRedis(new Redis50.default(port)),
}

/** For a server that listens on a Unix socket too. */
export const onUnixSocket: { readonly [name: string]: Open<RedisServer> } = {
  'node-redis 6': async (server) =>
    nodeRedis(nodeRedis6.createClient({ socket: { path: await socketOf(server), tls: false } })),
  'ioredis 6': async (server) => ioRedis(new Redis6(await socketOf(server))),
}

/** For a server that has a port for TLS too. `ca`: who signed its certificate. */
export const overTls: { readonly [name: string]: Open<{ tlsPort: number; ca: string }> } = {
  'node-redis 5': ({ tlsPort, ca }) =>
    nodeRedis(nodeRedis5.createClient({ url: `rediss://127.0.0.1:${tlsPort}`, socket: { tls: true, ca } })),
  'node-redis 6': ({ tlsPort, ca }) =>
    nodeRedis(nodeRedis6.createClient({ url: `rediss://127.0.0.1:${tlsPort}`, socket: { tls: true, ca } })),
  'ioredis 5': ({ tlsPort, ca }) => ioRedis(new Redis5(`rediss://127.0.0.1:${tlsPort}`, { tls: { ca } })),
  'ioredis 6': ({ tlsPort, ca }) => ioRedis(new Redis6(`rediss://127.0.0.1:${tlsPort}`, { tls: { ca } })),
}

async function socketOf(server: RedisServer): Promise<string> {
  return (await server.command('CONFIG', 'GET', 'unixsocket')).replace(/^unixsocket\s/, '')
}

const at = ({ nodes }: RedisCluster) => nodes.map(({ port }) => ({ host: '127.0.0.1', port }))

/** The same on a cluster. */
export const unusualCluster: { readonly [name: string]: Open<RedisCluster> } = {
  'node-redis 5.0.0, the oldest': ({ nodes }) =>
    nodeRedis(nodeRedis50.createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) })),
  'ioredis 5.0.0 with auto-pipelining': async (where) =>
    ioRedis(new Cluster50(at(where), { enableAutoPipelining: true })),
  'ioredis 6 with auto-pipelining, and reads from replicas': async (where) =>
    ioRedis(new Cluster6(at(where), { enableAutoPipelining: true, scaleReads: 'slave' })),
}

export const cluster: ByName<RedisCluster> = {
  'node-redis 5': ({ nodes }) =>
    nodeRedis(nodeRedis5.createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) })),
  'node-redis 6': ({ nodes }) =>
    nodeRedis(nodeRedis6.createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) })),
  'ioredis 5': (where) => ioRedis(new Cluster5(at(where))),
  'ioredis 6': (where) => ioRedis(new Cluster6(at(where))),
}

const sentinelOptions = ({ name, port }: RedisSentinel) => ({
  name,
  sentinelRootNodes: [{ host: '127.0.0.1', port }],
})

export const sentinel: ByName<RedisSentinel> = {
  'node-redis 5': (where) => nodeRedis(nodeRedis5.createSentinel(sentinelOptions(where))),
  'node-redis 6': (where) => nodeRedis(nodeRedis6.createSentinel(sentinelOptions(where))),
  'ioredis 5': ({ name, port }) => ioRedis(new Redis5({ name, sentinels: [{ host: '127.0.0.1', port }] })),
  'ioredis 6': ({ name, port }) => ioRedis(new Redis6({ name, sentinels: [{ host: '127.0.0.1', port }] })),
}
