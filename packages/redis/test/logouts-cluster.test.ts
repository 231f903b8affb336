import { type RedisCluster, redisIsMissing, startRedisCluster } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { cluster, names } from './clients.js'
import { alice, cut, madeUpFor, processWith, waiting } from './world.js'

describe.skipIf(redisIsMissing())('on a cluster', () => {
  let nodes: RedisCluster
  beforeAll(async () => {
    nodes = await startRedisCluster()
  })
  afterAll(() => nodes.stop())

  test.each(names)('%s: a logout that fell into a cut is never made up for', async (name) => {
    await using here = await processWith(await cluster[name](nodes))
    await using elsewhere = await processWith(await cluster[name](nodes))
    await here.hears(elsewhere.cache)
    await cut(nodes.nodes)
    await elsewhere.cache.forget(alice.subject)
    await vi.waitFor(() => expect(madeUpFor(here)).toBe(true), waiting)
    await here.hears(elsewhere.cache)
  })
})
