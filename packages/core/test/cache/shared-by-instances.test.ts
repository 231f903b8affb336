import {
  encryptedTokenCache,
  layeredTokenCache,
  memoryTokenCache,
  type TokenCache,
} from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Line, rejects } from '../../../../conformance/src/line.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)
const keys = ['0123456789abcdef'.repeat(4)]

describe('a cache that several instances share', () => {
  let world: World
  let store: SharedStore
  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  it('does not give up the logouts of those that stay when one is closed', async () => {
    const line = new Line(store)
    const [first, second] = [world.start({ cache: line.cache }), world.start({ cache: line.cache })]
    await second.tokens.getUserAccessToken(user)
    line.failure = rejects
    const logout = second.tokens.forgetUser({ sub: user.sub })
    await expect.poll(() => line.asked).toContain('forget')
    await first.tokens.close()
    line.failure = undefined
    expect(await logout).toMatchObject({ forgotten: 1 })
    expect(store.values()).toEqual([])
  })

  it('tells those that stay of what does not open, and is closed with the last, encrypted as well', async () => {
    let closed = 0
    const memory = memoryTokenCache({ clock: world.clock })
    const inner = {
      ...memory,
      close: async () => {
        closed += 1
      },
    }
    const cache = encryptedTokenCache(inner, { keys })
    const [first, second] = [world.start({ cache }), world.start({ cache })]
    await first.tokens.close()
    expect(closed).toBe(0)
    inner.get = async (key) => ({ ...(await memory.get(key)), value: 'not sealed' })
    await second.tokens.getUserAccessToken(user)
    const unopened = { type: 'cache_failure', operation: 'get', reason: 'unopened' }
    expect(second.events).toContainEqual(unopened)
    expect(first.events).not.toContainEqual(unopened)
    await second.tokens.close()
    expect(closed).toBe(1)
  })

  it.each([
    ['in memory', () => memoryTokenCache({ clock: world.clock })],
    ['in a shared store', () => store.open()],
  ])('does not revoke what one has read after the other had put it there (%s)', async (_, open) => {
    const shared = open()
    const [first, second] = [
      world.start({ cache: shared, revocationPath: world.sandbox.revocationPath }),
      world.start({ cache: layeredTokenCache({ shared }) }),
    ]
    await first.tokens.getUserAccessToken(user)
    await second.tokens.getUserAccessToken(user)
    expect(world.exchanges()).toBe(1)
    expect(await first.tokens.forgetUser({ sub: user.sub }, { revoke: true })).toEqual({
      forgotten: 1,
      revoked: 1,
      failed: 0,
    })
  })

  it('takes the place of what another layer over it keeps', async () => {
    const shared = store.open()
    let reads = 0
    const counted: TokenCache = {
      ...shared,
      get: (key) => {
        reads += 1
        return shared.get(key)
      },
    }
    const layers = [1, 2].map(() => world.start({ cache: layeredTokenCache({ shared: counted }) }))
    for (const { tokens } of layers) await tokens.getUserAccessToken(user)
    reads = 0
    for (const { tokens } of layers) await tokens.getUserAccessToken(user)
    expect(reads).toBe(0)
  })
})
