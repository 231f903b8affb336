import { layeredTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Line } from '../../../../conformance/src/line.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, type World } from '../../../../conformance/src/world.js'

const key = { subject: 'user', variant: 'one' }

describe('a store that takes its time behind memory in front', () => {
  let world: World
  let store: SharedStore
  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  const inFrontOf = (shared: TokenCache): TokenCache => {
    const cache = layeredTokenCache({ shared })
    world.start({ cache }) // lends it its clock
    return cache
  }

  it('a token does not live longer in front because storing it took long', async () => {
    const behind = store.open()
    const set: TokenCache['set'] = async (...parts) => {
      const stored = await behind.set(...parts)
      world.clock.pass(600)
      return stored
    }
    const front = inFrontOf({ ...behind, set })
    const { generation } = await front.get(key)
    await front.set(key, 'token', { ttlMs: 1_000, generation })
    world.clock.pass(399)
    expect((await front.get(key)).value).toBe('token')
    world.clock.pass(1)
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('a comparison does not count for longer because its answer took long', async () => {
    const { onForget: _, ...behind } = store.open()
    const elsewhere = store.open()
    const { generation } = await elsewhere.get(key)
    await elsewhere.set(key, 'token', { ttlMs: 60_000, generation })
    let onTheWay: (() => Promise<unknown>) | undefined = async () => {
      onTheWay = undefined
      await elsewhere.forget(key.subject)
      world.clock.pass(800)
    }
    const get: TokenCache['get'] = async (asked) => {
      const answer = await behind.get(asked)
      await onTheWay?.()
      return answer
    }
    const front = inFrontOf({ ...behind, get })
    expect((await front.get(key)).value).toBe('token')
    world.clock.pass(200)
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('a doubt that is too old to matter does not make up for one of now', async () => {
    const line = new Line(store)
    const front = inFrontOf(line.cache)
    line.restoreSubscription()
    const { generation } = await front.get(key)
    await front.set(key, 'token', { ttlMs: 3_600_000, generation })
    world.clock.pass(301_000)
    line.deafen()
    await store.open().forget(key.subject)
    line.restoreSubscription()
    expect((await front.get(key)).value).toBeUndefined()
  })
})
