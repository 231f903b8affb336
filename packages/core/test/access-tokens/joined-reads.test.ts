import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Line } from '../../../../conformance/src/line.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { atOnce, openWorld, userOf, type World } from '../../../../conformance/src/world.js'

/** Calls reach the store without a turn of the event loop: after one, none of them is still on its way there. */
const arrived = (): Promise<unknown> => new Promise(setImmediate)

describe('callers of one key each ask the shared store', () => {
  let world: World
  let line: Line
  /** What waits at the store, in order: each goes on when the test says so. */
  let held: (() => void)[]

  beforeEach(async () => {
    world = await openWorld()
    line = new Line(new SharedStore(world.clock))
    held = []
    line.failure = () => new Promise<void>((resolve) => void held.push(resolve))
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  const looks = (): number => line.asked.filter((operation) => operation === 'get').length
  const release = (): void => {
    line.failure = undefined
    for (const goOn of held.splice(0)) goOn()
  }

  it('1,000 cold calls for 100 users look more often than once for each user', async () => {
    const { tokens } = world.start({
      cache: line.cache,
      // Hundreds of exchanges at once take a starved machine longer than the product gives one.
      timeouts: { attemptMs: 50_000, exchangeMs: 52_000, callMs: 55_000, cacheMs: 50_000 },
    })
    const calls = atOnce(1_000, async (n) => {
      const { accessToken } = await tokens.getUserAccessToken(userOf(n % 100))
      return { sub: userOf(n % 100).sub, accessToken }
    })
    await arrived()
    expect(looks()).toBe(100)
    release()
    const answers = await calls
    for (const { sub, accessToken } of answers) {
      expect(world.sandbox.openAccessToken(accessToken)?.sub).toBe(sub)
    }
    expect(new Set(answers.map(({ accessToken }) => accessToken)).size).toBe(100)
    expect(world.exchanges()).toBe(100)
    // The other look is that of the one who makes the exchange, after it has the lease.
    expect(looks()).toBe(200)
  })

  it('a look that was frozen for four times its limit keeps every later call waiting', async () => {
    const { tokens } = world.start({ cache: line.cache, timeouts: { attemptMs: 15_000, cacheMs: 15_000 } })
    const call = async (): Promise<string> => (await tokens.getUserAccessToken(userOf(1))).accessToken
    const frozen = call()
    await arrived()
    world.clock.pass(60_000)
    const joins = call()
    await arrived()
    expect(looks()).toBe(1)
    world.clock.pass(1)
    const looksAgain = call()
    await arrived()
    expect(looks()).toBe(2)

    // The end of the old look takes the new one from nobody.
    held[0]?.()
    await expect.poll(() => line.asked).toContain('lease')
    const joinsTheNew = call()
    await arrived()
    expect(looks()).toBe(2)
    release()
    const answers = await Promise.all([frozen, joins, looksAgain, joinsTheNew])
    expect(new Set(answers).size).toBe(1)
    expect(world.exchanges()).toBe(1)
  })
})
