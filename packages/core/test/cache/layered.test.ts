import { layeredTokenCache, memoryTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hangs, Line, rejects } from '../../../../conformance/src/line.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { atOnce, openWorld, type Process, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)

describe('memory in front of a shared cache', () => {
  let world: World
  let store: SharedStore
  let lines: Line[]
  let processes: Process[]

  const start = (count: number, change: (cache: TokenCache) => TokenCache = (cache) => cache): void => {
    lines = Array.from({ length: count }, () => new Line(store))
    processes = lines.map(({ cache }) =>
      world.start({
        cache: layeredTokenCache({ shared: change(cache) }),
        timeouts: { attemptMs: 15_000, cacheMs: 2_000 },
      }),
    )
  }
  const at = (n: number): Process => processes[n] ?? processes[0] ?? world.start()
  const line = (n: number): Line => lines[n] ?? new Line(store)
  const tokenAt = async (n: number, who = user): Promise<string> =>
    (await at(n).tokens.getUserAccessToken(who)).accessToken

  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  it('a warm token is not asked for again, in the process that fetched it and in one that found it', async () => {
    start(2)
    const token = await tokenAt(0)
    expect(await tokenAt(1)).toBe(token)
    for (const { asked } of lines) asked.length = 0
    for (const n of [0, 1]) expect(new Set(await atOnce(100, () => tokenAt(n)))).toEqual(new Set([token]))
    expect(lines.map(({ asked }) => asked)).toEqual([[], []])
    expect(world.exchanges()).toBe(1)
  })

  it('4 cold processes make one exchange, and one for each refresh and each rejected token', async () => {
    start(4)
    const everywhere = async (): Promise<Set<string>> =>
      new Set((await atOnce(80, (n) => tokenAt(n % 4))).flat())
    expect((await everywhere()).size).toBe(1)
    expect(world.exchanges()).toBe(1)
    world.clock.pass(3_400_000)
    await everywhere()
    await Promise.all(processes.map(({ settled }) => settled()))
    expect((await everywhere()).size).toBe(1)
    expect(world.exchanges()).toBe(2)
    world.clock.pass(5_000) // by then nobody waits for the outcome of the refresh any longer
    const rejected = await tokenAt(0)
    const replaced = await atOnce(80, (n) =>
      at(n % 4).tokens.getUserAccessToken(user, { rejectedToken: rejected }),
    )
    expect(new Set(replaced.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(world.exchanges()).toBe(3)
  })

  it('a logout elsewhere that is heard takes effect at once', async () => {
    start(2)
    const before = await tokenAt(0)
    expect(await tokenAt(1)).toBe(before)
    await at(0).tokens.forgetUser({ sub: user.sub })
    expect(await tokenAt(1)).not.toBe(before)
    expect(at(1).events).toContainEqual(expect.objectContaining({ type: 'forget', origin: 'elsewhere' }))
  })

  it('a logout that was not heard because the subscription was cut is found before a token is served', async () => {
    start(2)
    const before = await tokenAt(0)
    await tokenAt(1)
    line(1).loseSubscription()
    await at(0).tokens.forgetUser({ sub: user.sub })
    line(1).restoreSubscription()
    expect(await tokenAt(1)).not.toBe(before)
  })

  it('while the subscription is cut, 100 calls cost one comparison for each time that it is told', async () => {
    start(1)
    const token = await tokenAt(0)
    for (let second = 0; second < 3; second += 1) {
      line(0).loseSubscription()
      line(0).asked.length = 0
      expect(new Set(await atOnce(100, () => tokenAt(0)))).toEqual(new Set([token]))
      await atOnce(100, () => tokenAt(0))
      expect(line(0).asked).toEqual(['get'])
      world.clock.pass(1_000)
    }
  })

  it('without a subscription a user is compared once a second, and a logout takes effect in that time', async () => {
    start(2, ({ onForget: _, ...cache }) => cache)
    const before = await tokenAt(0)
    await tokenAt(1)
    line(1).asked.length = 0
    await atOnce(100, () => tokenAt(1))
    world.clock.pass(900)
    await atOnce(100, () => tokenAt(1))
    expect(line(1).asked).toEqual([])
    world.clock.pass(101)
    await atOnce(100, () => tokenAt(1))
    await atOnce(100, () => tokenAt(1))
    expect(line(1).asked).toEqual(['get'])
    await at(0).tokens.forgetUser({ sub: user.sub })
    world.clock.pass(1_000)
    expect(await tokenAt(1)).not.toBe(before)
  })

  it('a logout during a cut of both is found when the store can be asked again', async () => {
    start(2)
    const before = await tokenAt(0)
    await tokenAt(1)
    line(1).failure = rejects
    line(1).loseSubscription()
    await at(0).tokens.forgetUser({ sub: user.sub })
    expect(await tokenAt(1)).toBe(before)
    line(1).failure = undefined
    line(1).restoreSubscription()
    expect(await tokenAt(1)).not.toBe(before)
  })

  it('what cannot be compared for 300 s is not served any longer', async () => {
    start(1)
    const before = await tokenAt(0)
    world.clock.pass(1_000_000)
    line(0).failure = rejects
    line(0).loseSubscription()
    for (let passed = 0; passed < 299; passed += 23) {
      expect(await tokenAt(0)).toBe(before)
      world.clock.pass(23_000)
      line(0).loseSubscription()
    }
    world.clock.pass(2_000)
    expect(await tokenAt(0)).not.toBe(before)
  })

  it('a cut costs no exchange for those whose tokens memory has', async () => {
    start(1)
    const before = await atOnce(10, (n) => tokenAt(0, userOf(n)))
    world.clock.pass(1_000_000)
    line(0).failure = rejects
    line(0).loseSubscription()
    expect(await atOnce(100, (n) => tokenAt(0, userOf(n % 10)))).toEqual(
      Array.from({ length: 10 }, () => before).flat(),
    )
    expect(world.exchanges()).toBe(10)
  })

  it('who waits for a comparison that never ends waits no longer than who makes it', async () => {
    const line = new Line(store)
    const { onForget: _, ...shared } = line.cache
    const timeouts = { attemptMs: 15_000, cacheMs: 1_500 }
    const { tokens } = world.start({ cache: layeredTokenCache({ shared }), timeouts })
    const { accessToken } = await tokens.getUserAccessToken(user)
    world.clock.pass(1_000)
    line.failure = hangs
    line.asked.length = 0
    const answers = await atOnce(10, () => tokens.getUserAccessToken(user))
    expect(new Set(answers.map((answer) => answer.accessToken))).toEqual(new Set([accessToken]))
    expect(line.asked).toEqual(['get'])
  })

  it('nothing lives longer in front than behind', async () => {
    start(0)
    const behind = store.open()
    const key = { subject: 's', variant: 'v' }
    const front = layeredTokenCache({
      shared: {
        ...behind,
        get: async (asked) => {
          const answer = await behind.get(asked)
          world.clock.pass(400) // the answer takes its time
          return answer
        },
      },
      local: memoryTokenCache({ clock: world.clock }),
    })
    world.start({ cache: front }) // lends it its clock
    const { generation } = await behind.get(key)
    await behind.set(key, 'token', { ttlMs: 1_000, generation })
    expect((await front.get(key)).value).toBe('token')
    world.clock.pass(599)
    expect((await front.get(key)).value).toBe('token')
    world.clock.pass(1)
    expect((await front.get(key)).value).toBeUndefined()
  })

  it('a store that is full does not bring back a token that was already replaced', async () => {
    let isFull = false
    start(1, (cache) => ({ ...cache, set: (...parts) => (isFull ? rejects() : cache.set(...parts)) }))
    const first = await tokenAt(0)
    isFull = true
    world.clock.pass(3_400_000)
    await tokenAt(0)
    await at(0).settled()
    const after = new Set(await atOnce(20, () => tokenAt(0)))
    for (let n = 0; n < 5; n += 1) after.add(await tokenAt(0))
    await at(0).settled()
    expect(after.size).toBe(1)
    expect(after).not.toContain(first)
    expect(world.exchanges()).toBe(2)
  })

  it('a subscription that fails when it is asked for again is not believed in', async () => {
    let isBroken = false
    const { onForget: listen, ...shared } = new Line(store).cache
    const onForget: typeof listen = (listener) => {
      if (isBroken) throw new Error('no subscription any longer')
      return listen?.(listener) ?? (() => {})
    }
    const cache = layeredTokenCache({ shared: { ...shared, onForget } })
    const elsewhere = world.start({ cache: store.open() })
    const first = world.start({ cache })
    await first.tokens.getUserAccessToken(user)
    await first.tokens.close()
    isBroken = true
    const { tokens } = world.start({ cache })
    const { accessToken } = await tokens.getUserAccessToken(user)
    await elsewhere.tokens.forgetUser({ sub: user.sub })
    world.clock.pass(1_001)
    expect((await tokens.getUserAccessToken(user)).accessToken).not.toBe(accessToken)
  })

  it('a logout is counted once, and revokes what either of both has', async () => {
    start(2)
    await tokenAt(0)
    await tokenAt(1, { ...user, email: 'other@bank.example' })
    expect(await at(1).tokens.forgetUser({ sub: user.sub })).toMatchObject({ forgotten: 2 })
    expect(await at(1).tokens.forgetUser({ sub: user.sub })).toMatchObject({ forgotten: 0 })
  })

  it('has no second guard around it: a failure of its store is told once', async () => {
    start(1)
    line(0).failure = rejects
    for (let n = 0; n < 10; n += 1) await tokenAt(0, userOf(n))
    const { events } = at(0)
    expect(events.filter(({ type }) => type === 'cache_guard')).toEqual([
      { type: 'cache_guard', state: 'open' },
    ])
    expect(events.filter(({ type }) => type === 'cache_failure')).toHaveLength(5)
    expect(await at(0).tokens.health()).toMatchObject({ cache: 'bypassed' })
    expect(new Set(await atOnce(50, () => tokenAt(0, userOf(3)))).size).toBe(1)
    expect(world.exchanges()).toBe(10)
  })

  it('refuses what is no cache, and memory that is elsewhere', () => {
    const shared = store.open()
    for (const options of [undefined, {}, { shared: 7 }, { shared, local: {} }, { shared, local: shared }]) {
      expect(() => layeredTokenCache(options as never)).toThrow(/^(shared|local|2 problems)/)
    }
  })
})
