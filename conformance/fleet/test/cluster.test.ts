import { type RedisCluster, redisIsMissing, startRedisCluster } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFleet, subs } from '../src/open-fleet.js'

describe.skipIf(redisIsMissing())('four processes over a cluster of three nodes', () => {
  let cluster: RedisCluster

  beforeAll(async () => {
    cluster = await startRedisCluster()
  })
  afterAll(() => cluster?.stop())

  it.each(['redis', 'ioredis'] as const)('no user costs more than one exchange (%s)', async (client) => {
    await using fleet = await openFleet({ client, reused: true })
    const port = cluster.nodes[0]?.port ?? 0
    const processes = await fleet.startMany(4, { redis: { port, cluster: true } })
    const users = subs(40)
    fleet.sandbox.faults.slow(300)
    const one = await Promise.all(processes.map((process) => process.get([`one-by-${client}`], 250)))
    const many = await Promise.all(processes.map((process) => process.get(users, 10)))
    for (const { errors } of [...one, ...many]) expect(errors).toEqual({})
    expect(fleet.exchanges()).toBe(1 + users.length)
  })
})
