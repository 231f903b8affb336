import { isTesouroTokensError, memoryTokenCache } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { atOnce, openWorld, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf('disabled')

describe('a user whom the platform refuses', () => {
  let world: World

  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  for (const error of ['invalid_grant', 'access_denied'] as const) {
    it(`who polls 30 times a second costs at most 10 requests a minute, and others notice nothing (${error})`, async () => {
      const { tokens } = world.start()
      world.sandbox.disableUser(user.sub, error)
      const others = Array.from({ length: 100 }, (_, n) => userOf(n))
      for (let call = 0; call < 30 * 60; call += 1) {
        await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({
          code: 'token_endpoint',
          status: 400,
          error,
        })
        const other = others[call % others.length] ?? user
        expect((await tokens.getUserAccessToken(other)).accessToken).toBeTypeOf('string')
        world.clock.pass(1_000 / 30)
      }
      expect(world.exchanges(user.sub)).toBeGreaterThanOrEqual(2)
      expect(world.exchanges(user.sub)).toBeLessThanOrEqual(10)
      expect(world.exchanges() - world.exchanges(user.sub)).toBe(100)
    })
  }

  it('loses the token that is cached, although it has not expired', async () => {
    const { tokens, settled } = world.start()
    await tokens.getUserAccessToken(user)
    world.sandbox.disableUser(user.sub)
    world.clock.pass(3_400_000)
    await tokens.getUserAccessToken(user)
    await settled()
    for (const pause of [0, 20_000, 61_000]) {
      world.clock.pass(pause)
      await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'token_endpoint' })
    }
  })

  it('is let in again once the platform does, within a minute', async () => {
    const { tokens } = world.start()
    const enable = world.sandbox.disableUser(user.sub)
    for (let minute = 0; minute < 10; minute += 1) {
      await tokens.getUserAccessToken(user).catch(() => {})
      world.clock.pass(60_000)
    }
    enable()
    expect((await tokens.getUserAccessToken(user)).accessToken).toBeTypeOf('string')
  })

  it('one variant of whom is refused keeps the others', async () => {
    const { tokens } = world.start()
    const { accessToken } = await tokens.getUserAccessToken(user)
    const greedy = { ...user, requestParameters: { scope: 'everything:write' } }
    await expect(tokens.getUserAccessToken(greedy)).rejects.toMatchObject({ error: 'invalid_scope' })
    expect((await tokens.getUserAccessToken(user)).accessToken).toBe(accessToken)
  })
})

describe('a client whom the platform refuses', () => {
  it('after 429 nothing goes to the token endpoint before Retry-After is over, for any user', async () => {
    await using world = await openWorld()
    const { tokens } = world.start()
    world.sandbox.faults.status(429, { retryAfterSeconds: 30, times: 1 })
    await expect(tokens.getUserAccessToken(userOf(0))).rejects.toMatchObject({
      code: 'rate_limited',
      retryable: true,
      retryAfterSeconds: 30,
    })
    world.clock.pass(9_000)
    const answers = await Promise.allSettled([
      ...Array.from({ length: 20 }, (_, n) => tokens.getUserAccessToken(userOf(n))),
      tokens.getAppAccessToken(),
    ])
    for (const answer of answers) {
      expect(answer).toMatchObject({ reason: { code: 'rate_limited', retryAfterSeconds: 21 } })
    }
    expect(world.sandbox.stats().total).toBe(1)
    world.clock.pass(21_000)
    await tokens.getUserAccessToken(userOf(0))
  })

  it('a wrong client secret is not tried again and again by one call', async () => {
    await using world = await openWorld()
    const { tokens } = world.start({ clientSecret: 'wrong', retry: { attempts: 3 } })
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({
      code: 'token_endpoint',
      status: 401,
      error: 'invalid_client',
      retryable: false,
    })
    expect(world.sandbox.stats().total).toBe(1)
    expect(await tokens.health()).toMatchObject({ healthy: false, upstream: 'failing' })
  })

  const aboutTheClient = [
    { status: 401, body: '{"error":"invalid_client"}' },
    { status: 401, body: '{"error":"something_new"}' },
    { status: 400, body: '{"error":"unauthorized_client"}' },
    { status: 400, body: '{"error":"unsupported_grant_type"}' },
  ]
  for (const answer of aboutTheClient) {
    it(`${answer.status} ${answer.body} costs no user the token that is still good`, async () => {
      await using world = await openWorld()
      const { tokens, settled } = world.start()
      const { accessToken } = await tokens.getUserAccessToken(user)
      world.sandbox.faults.answer(answer, { on: 'token' })
      for (const age of [3_400_000, 100_000, 80_000, 10_000]) {
        world.clock.pass(age)
        expect((await tokens.getUserAccessToken(user)).accessToken).toBe(accessToken)
        await settled()
      }
    })
  }

  it('a wrong client secret leaves users alone whose tokens are still good', async () => {
    await using world = await openWorld()
    const { tokens, settled } = world.start()
    const { accessToken } = await tokens.getUserAccessToken(user)
    world.sandbox.rotateSecrets().retirePrevious()
    world.clock.pass(3_590_000)
    expect((await tokens.getUserAccessToken(user)).accessToken).toBe(accessToken)
    await settled()
    expect((await tokens.getUserAccessToken(user)).accessToken).toBe(accessToken)
  })
})

describe('upstream that fails in passing', () => {
  it('one user whose exchange hangs delays no other', async () => {
    await using world = await openWorld()
    const { tokens } = world.start({ timeouts: { attemptMs: 60_000, exchangeMs: 60_000, callMs: 60_000 } })
    world.sandbox.faults.hang({ user: user.sub })
    const stuck = tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await atOnce(50, (n) => tokens.getUserAccessToken(userOf(n)))
    await tokens.close()
    expect(isTesouroTokensError(await stuck, 'closed')).toBe(true)
  })

  it('a call ends within its own time, whatever the platform does', async () => {
    await using world = await openWorld()
    const { tokens } = world.start({ timeouts: { attemptMs: 60_000, exchangeMs: 60_000, callMs: 100 } })
    world.sandbox.faults.hang()
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'upstream_unavailable' })
  })

  it('a call ends within its own time, whatever the cache does', async () => {
    await using world = await openWorld()
    const cache = { ...memoryTokenCache(), get: () => new Promise<never>(() => {}) }
    const { tokens } = world.start({ cache, timeouts: { callMs: 50 } })
    await expect(tokens.getUserAccessToken(user)).rejects.toMatchObject({ code: 'upstream_unavailable' })
  })

  it('health tells how the platform and the cache are, and costs no request', async () => {
    await using world = await openWorld()
    const { tokens } = world.start()
    expect(await tokens.health()).toEqual({ healthy: true, cache: 'up', upstream: 'unknown' })
    await tokens.getUserAccessToken(user)
    expect(await tokens.health()).toEqual({ healthy: true, cache: 'up', upstream: 'up' })
    world.sandbox.faults.status(503)
    await tokens.getUserAccessToken(userOf(2)).catch(() => {})
    expect(await tokens.health()).toEqual({ healthy: false, cache: 'up', upstream: 'failing' })
    expect(world.sandbox.stats().total).toBe(2)
  })
})
