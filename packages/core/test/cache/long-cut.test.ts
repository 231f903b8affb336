import { layeredTokenCache } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Line, rejects } from '../../../../conformance/src/line.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, type Process, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)
const other = { ...user, email: 'other@bank.example' }
/** Longer than the store remembers a logout. */
const longMs = 700_000

/** The store remembers a logout for ten minutes. Whoever could not ask in that time is told that there was none. */
describe('a process that missed a logout for longer than the store remembers it', () => {
  let world: World
  let store: SharedStore
  let line: Line
  let here: Process
  let elsewhere: Process

  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
    line = new Line(store)
    elsewhere = world.start({ cache: store.open() })
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  const start = (cache = layeredTokenCache({ shared: line.cache })): void => {
    here = world.start({ cache, timeouts: { attemptMs: 15_000, cacheMs: 2_000 } })
  }
  const tokenOf = async (who = user): Promise<string> =>
    (await here.tokens.getUserAccessToken(who)).accessToken
  const logoutElsewhere = async (): Promise<void> => {
    await elsewhere.tokens.forgetUser({ sub: user.sub })
  }

  it('serves no second token of that user when the first one was found to be gone', async () => {
    start()
    const before = [await tokenOf(user), await tokenOf(other)]
    line.failure = rejects
    line.loseSubscription()
    await logoutElsewhere()
    world.clock.pass(longMs)
    line.failure = undefined
    line.restoreSubscription()
    const after = [await tokenOf(user), await tokenOf(other)]
    expect(before.filter((token) => after.includes(token))).toEqual([])
  })

  it('nor where the cut was short, and it is the user who comes late', async () => {
    start()
    const before = [await tokenOf(user), await tokenOf(other)]
    line.loseSubscription()
    await logoutElsewhere()
    line.restoreSubscription()
    world.clock.pass(longMs)
    const after = [await tokenOf(user), await tokenOf(other)]
    expect(before.filter((token) => after.includes(token))).toEqual([])
  })

  it('nor where it was frozen, and finds out only afterwards that it has heard nothing', async () => {
    start()
    const before = [await tokenOf(user), await tokenOf(other)]
    line.deafen()
    await logoutElsewhere()
    world.clock.freeze(longMs)
    line.loseSubscription()
    line.restoreSubscription()
    const after = [await tokenOf(user), await tokenOf(other)]
    expect(before.filter((token) => after.includes(token))).toEqual([])
  })

  it('nor without a subscription', async () => {
    const { onForget: _, ...deaf } = line.cache
    start(layeredTokenCache({ shared: deaf }))
    const before = [await tokenOf(user), await tokenOf(other)]
    await logoutElsewhere()
    world.clock.pass(longMs)
    const after = [await tokenOf(user), await tokenOf(other)]
    expect(before.filter((token) => after.includes(token))).toEqual([])
  })

  for (const kind of ['layered', 'guarded'] as const) {
    it(`serves no token that only memory has, and gives it to nobody else (${kind})`, async () => {
      start(kind === 'layered' ? undefined : line.cache)
      await tokenOf(other) // so that the generation is known
      line.failure = rejects
      line.loseSubscription()
      const before = await tokenOf(user)
      await logoutElsewhere()
      world.clock.pass(longMs)
      line.failure = undefined
      line.restoreSubscription()
      expect(await tokenOf(user)).not.toBe(before)
      expect(store.values().join()).not.toContain(before)
    })
  }

  it('keeps what only memory has where it was asking all the time: the store was full', async () => {
    start(layeredTokenCache({ shared: { ...line.cache, set: rejects } }))
    const before = await tokenOf(user)
    for (let passed = 0; passed < 1_500_000; passed += 100_000) {
      world.clock.pass(100_000)
      expect(await tokenOf(user)).toBe(before)
    }
  })

  it('keeps what only memory has where it heard all the time, though nobody asked for it', async () => {
    start(layeredTokenCache({ shared: { ...line.cache, set: rejects } }))
    const before = await tokenOf(user)
    world.clock.pass(longMs)
    expect(await tokenOf(user)).toBe(before)
  })

  it('neither serves nor stores a token that was on its way when it was frozen', async () => {
    const brought: string[] = []
    const frozenMeanwhile: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      const { access_token } = (await response.clone().json()) as { access_token: string }
      brought.push(access_token)
      if (brought.length > 1) return response
      line.deafen()
      await logoutElsewhere()
      world.clock.freeze(longMs)
      return response
    }
    here = world.start({
      cache: layeredTokenCache({ shared: line.cache }),
      timeouts: { attemptMs: 15_000, cacheMs: 2_000 },
      fetch: frozenMeanwhile,
    })
    expect(await tokenOf()).toBe(brought[1])
    expect(store.values()).toEqual([])
    const next = await tokenOf()
    expect(next).toBe(brought[2])
    expect(store.values()).toEqual([expect.stringContaining(next)])
  })
})
