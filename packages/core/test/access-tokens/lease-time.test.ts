import type { TokenCache, TokenKey } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)

describe('leases and time', () => {
  let world: World
  let store: SharedStore
  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  it('who waits at a slow store for longer than a call may read makes no exchange of their own', async () => {
    const cache = store.open()
    let asked = 0
    const slow: TokenCache = {
      ...cache,
      lease: async (...parts) => {
        asked += 1
        await new Promise((resolve) => setTimeout(resolve, 150))
        return (await cache.lease?.(...parts)) ?? { busy: true }
      },
    }
    const waiting = world.start({ cache: slow, timeouts: { attemptMs: 15_000, cacheMs: 1_000 } })
    let goOn = (): void => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const holding = world.start({
      cache: store.open(),
      fetch: (...request) => held.then(() => fetch(...request)),
    })
    const first = holding.tokens.getUserAccessToken(user)
    await expect.poll(() => store.namesAsked()).toHaveLength(1)
    const second = waiting.tokens.getUserAccessToken(user)
    await expect.poll(() => asked).toBeGreaterThan(8)
    goOn()
    expect(await second).toMatchObject({ accessToken: (await first).accessToken })
    expect(world.exchanges()).toBe(1)
  })

  it('a lease that comes after its caller has gone keeps the next one waiting', async () => {
    const cache = store.open()
    let answer = (): void => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    let given: TokenKey | undefined
    const late: TokenCache = {
      ...cache,
      lease: async (key, ttlMs, how) => {
        await answered
        const answer = (await cache.lease?.(key, ttlMs, how)) ?? { busy: true }
        if ('held' in answer) given = key
        return answer
      },
    }
    const { tokens } = world.start({ cache: late, timeouts: { attemptMs: 15_000, cacheMs: 50 } })
    await tokens.getUserAccessToken(user)
    const begun = world.clock.now()
    answer()
    await expect.poll(() => given).toBeDefined()
    const key = given ?? { subject: '', variant: '' }
    await expect
      .poll(() => {
        world.clock.pass(10)
        return cache.lease?.(key, 5_000)
      })
      .toHaveProperty('held')
    expect(world.clock.now() - begun).toBeLessThan(5_000)
  })

  it('a lease is not renewed for ever after its exchange', async () => {
    const renewals: string[] = []
    const cache = store.open()
    const renewing: TokenCache = {
      ...cache,
      lease: async (key, ttlMs) => {
        const answer = (await cache.lease?.(key, ttlMs)) ?? { busy: true as const }
        if (!('held' in answer)) return answer
        const renew = async (): Promise<boolean> =>
          renewals.push(JSON.stringify([key.subject, key.variant])) > 0
        return { held: { ...answer.held, renew } }
      },
    }
    const { tokens } = world.start({ cache: renewing })
    await tokens.getUserAccessToken(user)
    world.sandbox.faults.hang()
    const hanging = tokens.getUserAccessToken(userOf(2)).catch((error: unknown) => error)
    // The first one's turn would have come before this one's.
    await expect.poll(() => renewals.length).toBeGreaterThan(0)
    const [first = ''] = store.namesAsked()
    expect(renewals.filter((id) => id === first)).toEqual([])
    await tokens.close()
    expect(await hanging).toMatchObject({ code: 'closed' })
  })
})
