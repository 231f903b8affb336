import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type RedisCluster,
  type RedisServer,
  redisIsMissing,
  startRedis,
  startRedisCluster,
} from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Opened, onUnixSocket, overTls, unusual, unusualCluster } from './clients.js'
import { listenWithTls, openSslIsMissing } from './tls.js'
import { alice, bob, processWith, store } from './world.js'

describe.skipIf(redisIsMissing())('settings and versions of a client', () => {
  let folder: string
  let server: RedisServer
  let nodes: RedisCluster
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tesouro-socket-'))
    server = await startRedis(['--unixsocket', join(folder, 'redis.sock')])
    nodes = await startRedisCluster()
  })
  afterAll(async () => {
    await Promise.all([server.stop(), nodes.stop()])
    await rm(folder, { recursive: true })
  })

  test.each(Object.keys(unusual))('%s: change what is kept or heard', async (name) => {
    await works(async () => unusual[name]?.(server))
  })
  test.each(Object.keys(onUnixSocket))('%s on a Unix socket: change what is kept or heard', async (name) => {
    await works(async () => onUnixSocket[name]?.(server))
  })
  test.each(Object.keys(unusualCluster))('on a cluster, %s: change what is kept or heard', async (name) => {
    // A client that was tried before has taught the servers every script.
    for (const node of nodes.nodes) await node.command('SCRIPT', 'FLUSH')
    await works(async () => unusualCluster[name]?.(nodes))
  })
})

describe.skipIf(redisIsMissing() || openSslIsMissing())('a server behind TLS', () => {
  test.each(Object.keys(overTls))('%s: change what is kept or heard', async (name) => {
    await using server = await startRedis()
    const tls = await listenWithTls(server)
    await works(async () => overTls[name]?.(tls))
  })
})

async function works(open: () => Promise<Opened | undefined>): Promise<void> {
  const [first, second] = await Promise.all([open(), open()])
  if (first === undefined || second === undefined) throw new Error('not opened')
  await using here = await processWith(first)
  await using elsewhere = await processWith(second)
  await here.hears(elsewhere.cache)
  await Promise.all([store(here.cache, alice, 'ünï ✓', 60_000), store(here.cache, bob, 'at once', 60_000)])
  const { value, remainingMs } = await elsewhere.cache.get(alice)
  expect(value).toBe('ünï ✓')
  expect(remainingMs).toBeGreaterThan(0)
  const answer = await here.cache.lease?.(alice, 60_000)
  if (answer === undefined || !('held' in answer)) throw new Error('the lease is not free')
  expect(await elsewhere.cache.lease?.(alice, 60_000)).toEqual({ busy: true })
  expect(await answer.held.renew(60_000)).toBe(true)
  await answer.held.release({ stored: true })
  expect(await elsewhere.cache.lease?.(alice, 60_000, { waited: true })).toEqual({
    outcome: { stored: true },
  })
  expect(await elsewhere.cache.forget(alice.subject)).toEqual(['ünï ✓'])
  expect(await here.cache.get(alice)).not.toHaveProperty('value')
}
