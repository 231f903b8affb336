import { memoryTokenCache, type TesouroTokensEvent } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hangs, Line, rejects } from '../../../../conformance/src/line.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { atOnce, openWorld, type Process, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)
const timeouts = { attemptMs: 15_000, cacheMs: 40 }
/** Where each operation counts, on a machine that is busy. */
const patient = { attemptMs: 15_000, cacheMs: 5_000 }

const guardStates = (events: TesouroTokensEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'cache_guard' ? [event.state] : []))

describe('the guard around a remote cache', () => {
  let world: World
  let store: SharedStore
  let line: Line
  let process: Process

  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
    line = new Line(store)
    process = world.start({ cache: line.cache, timeouts })
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  const healed = async (): Promise<void> => {
    line.failure = undefined
    await expect.poll(() => guardStates(process.events).at(-1)).toBe('closed')
  }
  /** Calls until the guard is open. */
  const cut = async (failure: () => Promise<never>): Promise<void> => {
    line.failure = failure
    for (let n = 0; guardStates(process.events).at(-1) !== 'open'; n += 1) {
      await process.tokens.getUserAccessToken(userOf(`cut-${n}`))
    }
  }
  const tokenOf = async (of: Process, who = user): Promise<string> =>
    (await of.tokens.getUserAccessToken(who)).accessToken

  for (const [name, failure] of Object.entries({ rejects, hangs })) {
    it(`a store that ${name} is asked no more after five failures, and again when a probe succeeds`, async () => {
      line.failure = failure
      const failed = (): number => process.events.filter(({ type }) => type === 'cache_failure').length
      for (let n = 0; n < 20; n += 1) await tokenOf(process, userOf(n))
      expect(guardStates(process.events)).toEqual(['open'])
      expect(failed()).toBe(5)
      expect(line.asked).toHaveLength(5)
      expect(await process.tokens.health()).toMatchObject({ healthy: true, cache: 'bypassed' })
      await expect.poll(() => line.probes).toBeGreaterThan(1)
      expect(line.asked).toHaveLength(5)
      await healed()
      expect(await process.tokens.health()).toMatchObject({ cache: 'up' })
      await tokenOf(process, userOf('new'))
      expect(store.values()).toHaveLength(1)
      expect(guardStates(process.events)).toEqual(['open', 'closed'])
    })
  }

  it('many calls at once over a store that hangs open it once', async () => {
    line.failure = hangs
    await atOnce(100, (n) => tokenOf(process, userOf(n % 10)))
    expect(guardStates(process.events)).toEqual(['open'])
  })

  it('four failures and a success are no reason to open', async () => {
    for (let n = 0; n < 20; n += 1) {
      line.failure = n % 5 === 4 ? undefined : rejects
      await process.tokens.health()
    }
    expect(process.events.filter(({ type }) => type === 'cache_failure')).toHaveLength(16)
    expect(guardStates(process.events)).toEqual([])
  })

  it('tokens live in memory while the store is gone, and on when it is back, even if it comes back empty', async () => {
    for (let n = 0; n < 10; n += 1) await tokenOf(process, userOf(n))
    await cut(rejects)
    world.clock.pass(3_400_000) // all of them are about to expire
    const before = world.exchanges()
    const during = await atOnce(100, (n) => tokenOf(process, userOf(n % 10)))
    await process.settled()
    await atOnce(100, (n) => tokenOf(process, userOf(n % 10)))
    expect(world.exchanges() - before).toBe(10)
    store.clear()
    await healed()
    const after = await atOnce(10, (n) => tokenOf(process, userOf(n)))
    expect(during).toEqual(expect.arrayContaining(after))
    expect(world.exchanges() - before).toBe(10)
    // and they are on their way into the store, for the other processes
    await expect
      .poll(async () => {
        for (let n = 0; n < 10; n += 1) await tokenOf(process, userOf(n))
        return store.values().length
      })
      .toBe(10)
  })

  it('a token is not served from memory for longer than 300 s while nobody can be asked about logouts', async () => {
    await cut(rejects)
    const first = await tokenOf(process)
    world.clock.pass(299_000)
    expect(await tokenOf(process)).toBe(first)
    world.clock.pass(2_000)
    expect(await tokenOf(process)).not.toBe(first)
  })

  it('a logout elsewhere during the cut wins against what memory holds', async () => {
    const other = world.start({ cache: store.open() })
    await tokenOf(process)
    await cut(rejects)
    world.clock.pass(3_590_000)
    line.loseSubscription()
    const during = await tokenOf(process)
    await other.tokens.forgetUser({ sub: user.sub })
    expect(await tokenOf(process)).toBe(during)
    await healed()
    expect(await tokenOf(process)).not.toBe(during)
  })

  it('a logout during the cut is recorded as soon as the store is back, and nobody returns the old token', async () => {
    const other = world.start({ cache: store.open() })
    const before = await tokenOf(process)
    await cut(rejects)
    await expect(process.tokens.forgetUser({ sub: user.sub })).rejects.toMatchObject({
      code: 'cache_unavailable',
    })
    // Who signs in again meanwhile has a token of their own, and the old one is not taken from the store.
    const exchanges = world.exchanges()
    const during = await atOnce(20, () => tokenOf(process))
    expect(during).not.toContain(before)
    expect(world.exchanges()).toBe(exchanges + 1)
    expect(await tokenOf(other)).toBe(before)
    await healed()
    await expect.poll(() => line.asked.filter((operation) => operation === 'forget').length).toBe(1)
    await expect
      .poll(() => process.events.filter(({ type }) => type === 'forget'))
      .toMatchObject([{ outcome: 'cache_unavailable' }, { outcome: 'ok' }])
    expect(await tokenOf(other)).not.toBe(before)
    expect(await tokenOf(process)).not.toBe(before)
  })

  it('a logout elsewhere that is heard during the cut wins against what memory holds', async () => {
    const other = world.start({ cache: store.open() })
    await cut(rejects)
    const during = await tokenOf(process)
    expect(await tokenOf(process)).toBe(during)
    await other.tokens.forgetUser({ sub: user.sub })
    expect(await tokenOf(process)).not.toBe(during)
  })

  it('a logout that is asked for again and again during the cut is recorded once', async () => {
    process = world.start({ cache: { ...line.cache }, timeouts: patient })
    await cut(rejects)
    const logouts = await Promise.allSettled(
      Array.from({ length: 20 }, () => process.tokens.forgetUser({ sub: user.sub })),
    )
    expect(logouts.filter(({ status }) => status === 'fulfilled')).toEqual([])
    await healed()
    const recorded = (): number =>
      process.events.filter((event) => event.type === 'forget' && event.outcome === 'ok').length
    await expect.poll(recorded).toBe(20)
    expect(line.asked.filter((operation) => operation === 'forget')).toHaveLength(1)
  })

  it('hundreds of logouts during the cut are recorded little by little, and all of them', async () => {
    let atWork = 0
    let most = 0
    const counting = {
      ...line.cache,
      forget: async (subject: string) => {
        most = Math.max(most, ++atWork)
        await new Promise(setImmediate)
        const dropped = await line.cache.forget(subject).finally(() => atWork--)
        return dropped
      },
    }
    process = world.start({ cache: counting, timeouts: patient })
    await cut(rejects)
    most = 0
    const logouts = atOnce(500, (n) => process.tokens.forgetUser({ sub: `user-${n}` }).catch(() => {}))
    await healed()
    await logouts
    const asked = (): number => line.asked.filter((operation) => operation === 'forget').length
    await expect.poll(asked).toBe(500)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(20)
  })

  it('what a store still holds of a user whose logout it does not take is not served here', async () => {
    const stubborn = world.start({ cache: { ...line.cache, forget: rejects }, timeouts })
    const before = await tokenOf(stubborn)
    const logout = stubborn.tokens.forgetUser({ sub: user.sub }).catch((error: unknown) => error)
    const after = await atOnce(20, () => tokenOf(stubborn))
    expect(after).not.toContain(before)
    expect(await logout).toMatchObject({ code: 'cache_unavailable' })
    expect(new Set([...after, await tokenOf(stubborn)]).size).toBe(1)
  })

  it('a token under way when the store went is not kept if the user was logged out meanwhile', async () => {
    await cut(rejects)
    world.sandbox.faults.slow(100)
    const before = world.exchanges()
    const call = process.tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await expect.poll(() => world.exchanges()).toBe(before + 1)
    const logout = process.tokens.forgetUser({ sub: user.sub }).catch((error: unknown) => error)
    expect(await call).toMatchObject({ code: 'user_forgotten' })
    expect(await logout).toMatchObject({ code: 'cache_unavailable' })
    world.sandbox.faults.clear()
    await tokenOf(process)
    expect(world.exchanges()).toBe(before + 2)
  })

  it('a store that is full is read, and what it does not take lives in memory', async () => {
    const full = { ...line.cache, set: rejects, lease: rejects }
    const { tokens, events } = world.start({ cache: full, timeouts })
    const exchanges = world.exchanges()
    for (let n = 0; n < 30; n += 1) await tokens.getUserAccessToken(userOf(n % 3))
    expect(world.exchanges() - exchanges).toBe(3)
    expect(events.some(({ type }) => type === 'cache_failure')).toBe(true)
  })

  it('a slow store costs a call what it may read and write, and still gets the token', async () => {
    const slow = new Line(store)
    const answers = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300))
    slow.failure = () => (slow.asked.at(-1) === 'lease' ? hangs() : answers())
    const clock = { now: () => world.clock.now(), monotonic: () => performance.now() }
    const { tokens } = world.start({
      cache: slow.cache,
      timeouts: { attemptMs: 15_000, cacheMs: 1_000 },
      clock,
    })
    await tokens.getUserAccessToken(user)
    // The lease has used up what it may read: the look that follows is left out.
    expect(slow.asked.filter((operation) => operation === 'get')).toHaveLength(1)
    await expect.poll(() => store.values()).toHaveLength(1)
  })

  it('several instances share the guard of the cache that they share, and it is told once', async () => {
    const second = world.start({ cache: line.cache, timeouts })
    line.failure = rejects
    for (let n = 0; n < 3; n += 1) await tokenOf(process, userOf(n))
    for (let n = 3; n < 6; n += 1) await tokenOf(second, userOf(n))
    expect(guardStates([...process.events, ...second.events])).toEqual(['open'])
    expect(await second.tokens.health()).toMatchObject({ cache: 'bypassed' })
  })

  it('no probe is made after close, and none for a cache in memory', async () => {
    const broken = { ...memoryTokenCache({ clock: world.clock }), get: rejects }
    const inMemory = world.start({ cache: broken, timeouts })
    for (let n = 0; n < 10; n += 1) await tokenOf(inMemory, userOf(n))
    expect(guardStates(inMemory.events)).toEqual([])

    await cut(rejects)
    await expect.poll(() => line.probes).toBeGreaterThan(0)
    await process.tokens.close()
    const { probes } = line
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(line.probes).toBe(probes)
  })

  it('calls that close() ended leave no subscription behind', async () => {
    const lines = Array.from({ length: 40 }, () => new Line(store))
    for (const [ticks, { cache }] of lines.entries()) {
      const { tokens } = world.start({ cache, timeouts })
      const call = tokens.getUserAccessToken(user).catch(() => {})
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
      await tokens.close()
      await call
    }
    // What the ended calls were waiting for, hashes, takes less time than this.
    for (let n = 0; n < 3; n += 1) await tokenOf(process, userOf(n))
    expect(lines.filter(({ listening }) => listening > 0)).toEqual([])
  })
})
