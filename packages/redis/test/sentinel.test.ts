import { type RedisSentinel, redisIsMissing, startRedisSentinel } from '@tesouro-tokens/conformance/redis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { names, sentinel } from './clients.js'
import { alice, type Process, processWith, store, waiting } from './world.js'

describe.skipIf(redisIsMissing())('through Sentinel', () => {
  let servers: RedisSentinel
  beforeAll(async () => {
    servers = await startRedisSentinel()
  })
  afterAll(() => servers.stop())

  test('a client keeps nothing, or hears nothing, before or after another server takes over', async () => {
    const open = async (name: (typeof names)[number]) => {
      const keyPrefix = `${name.replace(' ', '-')}:`
      return [
        await processWith(await sentinel[name](servers), { keyPrefix }),
        await processWith(await sentinel[name](servers), { keyPrefix }),
      ] as const
    }
    const pairs = await Promise.all(names.map(open))
    const works = async ([here, elsewhere]: readonly [Process, Process]): Promise<void> => {
      // again from the start: what is written while another server takes over may be lost with the old one
      await vi.waitFor(async () => {
        await store(here.cache, alice, 'token')
        expect((await elsewhere.cache.get(alice)).value).toBe('token')
        expect(await elsewhere.cache.forget(alice.subject)).toEqual(['token'])
      }, waiting)
      await here.hears(elsewhere.cache)
    }
    await Promise.all(pairs.map(works))
    await servers.failover()
    await Promise.all(pairs.map(works))
    await Promise.all(pairs.flat().map((process) => process[Symbol.asyncDispose]()))
  })
})
