import { memoryTokenCache, type TokenCache } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hangs } from '../../../../conformance/src/line.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { atOnce, openWorld, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)

describe('an exchange that is under way', () => {
  let world: World
  /** Requests for tokens on their way, in order: each goes on, or fails with 503, when the test says so. */
  let held: ((fails: boolean) => void)[]
  /** So many requests are held, all others go through. */
  let toHold: number

  beforeEach(async () => {
    world = await openWorld()
    held = []
    toHold = 0
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  const holding: typeof fetch = async (input, init) => {
    if (held.length >= toHold) return fetch(input, init)
    const fails = await new Promise<boolean>((resolve) => void held.push(resolve))
    return fails ? new Response('{}', { status: 503 }) : fetch(input, init)
  }

  it('and older than its deadline is joined by nobody, and its end takes nothing from the next one', async () => {
    toHold = 2
    const { tokens } = world.start({ fetch: holding })
    const frozen = tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await expect.poll(() => held.length).toBe(1)
    world.clock.pass(20_001)
    const second = tokens.getUserAccessToken(user)
    await expect.poll(() => held.length).toBe(2)
    held[0]?.(true)
    expect(await frozen).toMatchObject({ code: 'upstream_unavailable' })
    const third = tokens.getUserAccessToken(user)
    // A call that joins nothing is at the platform long before one for another user is answered.
    await tokens.getUserAccessToken(userOf(2))
    held[1]?.(false)
    expect(await third).toEqual(await second)
    expect(world.exchanges(user.sub)).toBe(1)
  })

  it("is not ended by another user's logout", async () => {
    toHold = 1
    const { tokens } = world.start({ fetch: holding })
    const call = tokens.getUserAccessToken(user)
    await expect.poll(() => held.length).toBe(1)
    await tokens.forgetUser({ sub: userOf(2).sub })
    held[0]?.(false)
    expect(await call).toMatchObject({ tokenType: 'Bearer' })
  })

  it('and fails when the old token has ended meanwhile does not get that one served', async () => {
    const { tokens } = world.start({ fetch: holding })
    await tokens.getUserAccessToken(user)
    world.clock.pass(3_580_000)
    toHold = 1
    const call = tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await expect.poll(() => held.length).toBe(1)
    world.clock.pass(20_000)
    held[0]?.(true)
    expect(await call).toMatchObject({ code: 'upstream_unavailable' })
  })

  it('and is ended by a logout elsewhere does not get the old token served', async () => {
    const store = new SharedStore(world.clock)
    const { tokens } = world.start({ fetch: holding, cache: store.open() })
    await tokens.getUserAccessToken(user)
    world.clock.pass(3_580_000)
    toHold = 1
    const call = tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await expect.poll(() => held.length).toBe(1)
    await world.start({ cache: store.open() }).tokens.forgetUser({ sub: user.sub })
    held[0]?.(false)
    expect(await call).toMatchObject({ code: 'user_forgotten' })
  })

  it('and is refused by a store that tells nobody of logouts does not get the old token served', async () => {
    const store = new SharedStore(world.clock)
    const { onForget: _, ...silent } = store.open()
    const { tokens } = world.start({ fetch: holding, cache: silent })
    await tokens.getUserAccessToken(user)
    world.clock.pass(3_580_000)
    toHold = 1
    const call = tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await expect.poll(() => held.length).toBe(1)
    await world.start({ cache: store.open() }).tokens.forgetUser({ sub: user.sub })
    held[0]?.(false)
    expect(await call).toMatchObject({ code: 'user_forgotten' })
  })

  it('and is refused by a store that then cannot be asked why does not get the old token served', async () => {
    const { onForget: _, ...store } = new SharedStore(world.clock).open()
    let hasRefused = false
    const refusing: TokenCache = {
      ...store,
      get: async (key) => (hasRefused ? Promise.reject(new Error('away')) : store.get(key)),
      async set(...parts) {
        hasRefused = world.exchanges() > 1
        return !hasRefused && store.set(...parts)
      },
    }
    const { tokens } = world.start({ cache: refusing })
    await tokens.getUserAccessToken(user)
    world.clock.pass(3_580_000)
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'user_forgotten' })
  })

  it('does not begin for a call that close() ended while it was reading the cache', async () => {
    const cache = memoryTokenCache()
    const reading: (() => void)[] = []
    const get: typeof cache.get = async (key) => {
      await new Promise<void>((resolve) => void reading.push(resolve))
      return cache.get(key)
    }
    const { tokens } = world.start({ cache: { ...cache, get } })
    const call = tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await expect.poll(() => reading.length).toBe(1)
    await tokens.close()
    reading[0]?.()
    // What it would begin is at the platform before one for another user is answered, unless it has to read again.
    await world.start().tokens.getUserAccessToken(userOf(2))
    for (const read of reading) read()
    await world.start().tokens.getUserAccessToken(userOf(3))
    expect(await call).toMatchObject({ code: 'closed' })
    expect(world.exchanges(user.sub)).toBe(0)
  })

  it('and found just the token that was refused is not the answer to who refused it', async () => {
    const store = new SharedStore(world.clock)
    const behind = store.open()
    const looks: (() => void)[] = []
    let reads = 0
    const get: typeof behind.get = async (key) => {
      reads += 1
      if (reads === 2) await new Promise<void>((resolve) => void looks.push(resolve))
      return behind.get(key)
    }
    const { tokens } = world.start({ cache: { ...behind, get } })
    const call = tokens.getUserAccessToken(user)
    await expect.poll(() => looks.length).toBe(1)
    const unasked = store.open()
    delete unasked.lease // it does not wait for the exchange that is held here
    const elsewhere = world.start({ cache: unasked })
    const { accessToken: rejectedToken } = await elsewhere.tokens.getUserAccessToken(user)
    const replaced = tokens.getUserAccessToken(user, { rejectedToken })
    await expect.poll(() => reads).toBe(3)
    looks[0]?.()
    expect((await call).accessToken).toBe(rejectedToken)
    expect((await replaced).accessToken).not.toBe(rejectedToken)
    expect(world.exchanges(user.sub)).toBe(2)
  })

  it('and fails does not lengthen the life of the old token, which is served', async () => {
    const { tokens } = world.start({ fetch: holding })
    const old = await tokens.getUserAccessToken(user)
    world.clock.pass(3_580_000)
    toHold = 1
    const call = tokens.getUserAccessToken(user)
    await expect.poll(() => held.length).toBe(1)
    world.clock.pass(10_000)
    held[0]?.(true)
    expect(await call).toEqual(old)
  })

  it('and takes longer than its token lives is made once more, and not served', async () => {
    await using short = await openWorld({ accessTokenLifetimeSeconds: 10 })
    toHold = 1
    const { tokens } = short.start({ fetch: holding })
    const call = tokens.getUserAccessToken(user)
    await expect.poll(() => held.length).toBe(1)
    short.clock.pass(11_000)
    held[0]?.(false)
    const { expiresAt } = await call
    expect(expiresAt).toBe(short.clock.now() + 10_000)
    expect(short.exchanges()).toBe(2)
  })

  it('and cannot look into the cache once more stores its token all the same', async () => {
    const cache = memoryTokenCache({ clock: world.clock })
    let reads = 0
    const get: typeof cache.get = (key) => {
      reads += 1
      return reads === 2 ? Promise.reject(new Error('not now')) : cache.get(key)
    }
    const { tokens } = world.start({ cache: { ...cache, get } })
    expect(await tokens.getUserAccessToken(user)).toEqual(await tokens.getUserAccessToken(user))
    expect(world.exchanges()).toBe(1)
  })

  it('fails nobody because there is no request that waitUntil could keep alive', async () => {
    const waitUntil = (): never => {
      throw new Error('outside of a request')
    }
    const { tokens } = world.start({ waitUntil })
    expect(await tokens.getUserAccessToken(user)).toMatchObject({ tokenType: 'Bearer' })
  })
})

describe('a logout that the cache in memory does not record', () => {
  it('gets nobody the token of before, and keeps nobody waiting', async () => {
    await using world = await openWorld()
    const cache = { ...memoryTokenCache(), forget: hangs }
    const { tokens } = world.start({ cache, timeouts: { attemptMs: 15_000, cacheMs: 40 } })
    const before = await tokens.getUserAccessToken(user)
    const logout = tokens.forgetUser({ sub: user.sub }).catch((error: unknown) => error)
    expect((await tokens.getUserAccessToken(user)).accessToken).not.toBe(before.accessToken)
    expect(await logout).toMatchObject({ code: 'cache_unavailable' })
    expect((await tokens.getUserAccessToken(user)).accessToken).not.toBe(before.accessToken)
  })

  it('is not waited for after close()', async () => {
    await using world = await openWorld()
    const { tokens } = world.start({ cache: { ...memoryTokenCache(), forget: hangs } })
    const logout = tokens.forgetUser({ sub: user.sub }).catch((error: unknown) => error)
    await tokens.getUserAccessToken(userOf(2))
    await tokens.close()
    expect(await logout).toMatchObject({ message: expect.stringContaining('close()') })
  })
})

describe('a user who was refused', () => {
  it('and signs out and in again is not kept waiting for what was refused before', async () => {
    await using world = await openWorld()
    const { tokens } = world.start()
    world.sandbox.faults.answer({ status: 400, body: '{"error":"invalid_grant"}' }, { times: 1 })
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'token_endpoint' })
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'token_endpoint' })
    await tokens.forgetUser({ sub: userOf(2).sub })
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'token_endpoint' })
    await tokens.forgetUser({ sub: user.sub })
    expect(await tokens.getUserAccessToken(user)).toMatchObject({ tokenType: 'Bearer' })
  })

  it('long ago waits no longer than one who never was', async () => {
    await using world = await openWorld()
    const { tokens } = world.start()
    world.sandbox.faults.answer({ status: 400, body: '{"error":"invalid_grant"}' }, { times: 2 })
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'token_endpoint' })
    world.clock.pass(600_000)
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'token_endpoint' })
    world.clock.pass(5_000)
    expect(await tokens.getUserAccessToken(user)).toMatchObject({ tokenType: 'Bearer' })
  })
})

describe('refreshes that failed together', () => {
  it('are not tried again together', async () => {
    await using world = await openWorld()
    const { tokens, settled } = world.start()
    const everybody = (): Promise<unknown> => atOnce(30, (n) => tokens.getUserAccessToken(userOf(n)))
    await everybody()
    world.clock.pass(3_500_000)
    world.sandbox.faults.status(503)
    await everybody()
    await settled()
    expect(world.exchanges()).toBe(60)
    // Each waits for 5 to 6 s: that all 30 are on one side of the middle happens once in 500 million times.
    world.clock.pass(5_500)
    await everybody()
    await settled()
    expect(world.exchanges()).toBeGreaterThan(60)
    expect(world.exchanges()).toBeLessThan(90)
  })
})
