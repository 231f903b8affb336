import { memoryTokenCache, subjectTokenFrom, type TesouroUser } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)

/** Ends as soon as a condition holds; the test's own time limit is the only other way out. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}

describe('logout', () => {
  let world: World

  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  it('the next call after a logout does not get the token of before', async () => {
    const { tokens } = world.start()
    const before = await tokens.getUserAccessToken(user)
    expect(await tokens.forgetUser({ sub: user.sub })).toEqual({ forgotten: 1, revoked: 0, failed: 0 })
    expect((await tokens.getUserAccessToken(user)).accessToken).not.toBe(before.accessToken)
  })

  it('takes effect in the moment it is called, without waiting for it', async () => {
    const { tokens } = world.start()
    const before = await tokens.getUserAccessToken(user)
    const logout = tokens.forgetUser({ sub: user.sub })
    const after = await tokens.getUserAccessToken(user)
    expect(after.accessToken).not.toBe(before.accessToken)
    await logout
  })

  it('a call in the same turn as the logout does not hand out the token that memory had', async () => {
    const { tokens } = world.start()
    await tokens.getUserAccessToken(user)
    const call = tokens.getUserAccessToken(user)
    const logout = tokens.forgetUser({ sub: user.sub })
    await expect(call).rejects.toMatchObject({ code: 'user_forgotten' })
    await logout
  })

  it('a call that had begun to read the cache does not hand out the token of before', async () => {
    const memory = memoryTokenCache({ clock: world.clock })
    for (let ticks = 0; ticks < 30; ticks += 1) {
      let isRead = false
      const get: typeof memory.get = async (key) => {
        const answer = await memory.get(key)
        for (let tick = 0; tick < 30; tick += 1) await Promise.resolve()
        isRead = true
        return answer
      }
      const { tokens } = world.start({ cache: { ...memory, get } })
      await tokens.getUserAccessToken(user)
      isRead = false
      const call = tokens.getUserAccessToken(user)
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
      expect(isRead).toBe(false)
      const logout = tokens.forgetUser({ sub: user.sub })
      await expect(call).rejects.toMatchObject({ code: 'user_forgotten' })
      await logout
    }
  })

  it('knows no e-mail address and no claims: one user under 2 × 3 of them, logged out with none', async () => {
    const { tokens } = world.start()
    const variants: TesouroUser[] = ['a@bank.example', 'b@bank.example'].flatMap((email) =>
      [undefined, { role: 'x' }, { role: 'y' }].map((claims) => ({ sub: user.sub, email, claims })),
    )
    const other = await tokens.getUserAccessToken(userOf(2))
    const before = await Promise.all(variants.map((variant) => tokens.getUserAccessToken(variant)))
    expect(await tokens.forgetUser({ sub: user.sub })).toMatchObject({ forgotten: 6 })
    const after = await Promise.all(variants.map((variant) => tokens.getUserAccessToken(variant)))
    const old = new Set(before.map(({ accessToken }) => accessToken))
    expect(after.filter(({ accessToken }) => old.has(accessToken))).toEqual([])
    expect((await tokens.getUserAccessToken(userOf(2))).accessToken).toBe(other.accessToken)
  })

  it("leaves another tenant's user of the same id signed in", async () => {
    const { tokens } = world.start()
    const elsewhere = { ...user, tenant: 'other' }
    const { accessToken } = await tokens.getUserAccessToken(elsewhere)
    await tokens.getUserAccessToken(user)
    expect(await tokens.forgetUser({ sub: user.sub })).toMatchObject({ forgotten: 1 })
    expect((await tokens.getUserAccessToken(elsewhere)).accessToken).toBe(accessToken)
  })

  // The stages of an exchange, from before the request is sent to after its answer has arrived.
  const stages = ['subject token', 'before the request', 'at the platform', 'after the answer'] as const
  for (const stage of stages) {
    it(`leaves nothing readable when it falls into an exchange (${stage})`, async () => {
      const store = new SharedStore(world.clock)
      let reached = false
      let goOn = (): void => {}
      const gate = new Promise<void>((resolve) => {
        goOn = resolve
      })
      const stop = async (here: (typeof stages)[number]): Promise<void> => {
        if (here !== stage || reached) return
        reached = true
        await gate
      }
      const source = world.sandbox.options.subjectToken
      const { tokens } = world.start({
        cache: store.open(),
        subjectToken: {
          ...source,
          create: async (...parts) => {
            await stop('subject token')
            return source.create(...parts)
          },
        },
        fetch: async (input, init) => {
          await stop('before the request')
          const response = await fetch(input, init)
          await stop('after the answer')
          return response
        },
      })
      if (stage === 'at the platform') world.sandbox.faults.slow(100)
      const calls = Promise.allSettled([1, 2, 3].map(() => tokens.getUserAccessToken(user)))
      await until(() => (stage === 'at the platform' ? world.exchanges() > 0 : reached))
      await tokens.forgetUser({ sub: user.sub })
      for (const call of await calls) {
        expect(call).toMatchObject({ status: 'rejected', reason: { code: 'user_forgotten' } })
      }
      goOn()
      world.sandbox.faults.clear()
      const { accessToken } = await tokens.getUserAccessToken(user)
      expect(store.values().map((value) => JSON.parse(value).accessToken)).toEqual([accessToken])
      expect((await tokens.getUserAccessToken(user)).accessToken).toBe(accessToken)
    })
  }

  it('falls into an exchange of another process: nobody there waits for its end', async () => {
    const store = new SharedStore(world.clock)
    const a = world.start({ cache: store.open() })
    const b = world.start({ cache: store.open() })
    world.sandbox.faults.hang()
    const call = b.tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await until(() => world.exchanges() > 0)
    await a.tokens.forgetUser({ sub: user.sub })
    expect(await call).toMatchObject({ code: 'user_forgotten' })
    expect(store.values()).toEqual([])
  })

  it('is noticed by an exchange of another process that did not hear of it', async () => {
    const store = new SharedStore(world.clock)
    const deaf = store.open()
    delete deaf.onForget
    const a = world.start({ cache: store.open() })
    const b = world.start({ cache: deaf })
    world.sandbox.faults.slow(150)
    const call = b.tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await until(() => world.exchanges() > 0)
    await a.tokens.forgetUser({ sub: user.sub })
    expect(await call).toMatchObject({ code: 'user_forgotten' })
    expect(store.values()).toEqual([])
  })

  it('revokes at the platform what it dropped, and counts', async () => {
    const { tokens, events } = world.start({ revocationPath: world.sandbox.revocationPath })
    const { accessToken } = await tokens.getUserAccessToken(user)
    await tokens.getUserAccessToken({ ...user, email: 'second@bank.example' })
    expect(await tokens.forgetUser({ sub: user.sub }, { revoke: true })).toEqual({
      forgotten: 2,
      revoked: 2,
      failed: 0,
    })
    expect(world.sandbox.openAccessToken(accessToken)?.active).toBe(false)
    expect(events.filter(({ type }) => type === 'revoke')).toHaveLength(2)
  })

  it('counts revocations that failed, and has logged out all the same', async () => {
    const { tokens } = world.start({ revocationPath: world.sandbox.revocationPath })
    const before = await tokens.getUserAccessToken(user)
    world.sandbox.faults.status(503, { on: 'revoke' })
    expect(await tokens.forgetUser({ sub: user.sub }, { revoke: true })).toEqual({
      forgotten: 1,
      revoked: 0,
      failed: 1,
    })
    expect((await tokens.getUserAccessToken(user)).accessToken).not.toBe(before.accessToken)
  })

  it('refuses to revoke where no revocation path is configured, before anything is forgotten', async () => {
    const { tokens } = world.start()
    const before = await tokens.getUserAccessToken(user)
    await expect(tokens.forgetUser({ sub: user.sub }, { revoke: true })).rejects.toMatchObject({
      code: 'configuration',
      problems: [expect.stringContaining('revocationPath')],
    })
    expect((await tokens.getUserAccessToken(user)).accessToken).toBe(before.accessToken)
  })

  it('rejects when the shared cache does not record it, has forgotten here, and goes on trying', async () => {
    const store = new SharedStore(world.clock)
    const a = world.start({ cache: store.open(), timeouts: { cacheMs: 20 } })
    const b = world.start({ cache: store.open() })
    const before = await a.tokens.getUserAccessToken(user)
    store.failure = () => Promise.reject(new Error('the store is down'))
    await expect(a.tokens.forgetUser({ sub: user.sub })).rejects.toMatchObject({ code: 'cache_unavailable' })
    store.failure = undefined
    // It is still in the store for a moment, and this process does not serve it even so.
    expect((await a.tokens.getUserAccessToken(user)).accessToken).not.toBe(before.accessToken)
    await until(() => a.events.some((event) => event.type === 'forget' && event.outcome === 'ok'))
    expect((await b.tokens.getUserAccessToken(user)).accessToken).not.toBe(before.accessToken)
    expect(a.events.filter(({ type }) => type === 'forget')).toMatchObject([
      { outcome: 'cache_unavailable' },
      { outcome: 'ok' },
    ])
  })

  it('a user who signs in again is cached again', async () => {
    const { tokens } = world.start()
    await tokens.getUserAccessToken(user)
    await tokens.forgetUser({ sub: user.sub })
    const again = await tokens.getUserAccessToken(user)
    expect((await tokens.getUserAccessToken(user)).accessToken).toBe(again.accessToken)
  })

  it('wants a sub, and shows the browser its mistake', async () => {
    const { tokens } = world.start()
    const bad: unknown[] = [undefined, null, {}, { sub: '' }, { sub: 7 }, { userId: 'u' }, 'user-1']
    for (const who of bad) {
      await expect(tokens.forgetUser(who as { sub: string })).rejects.toMatchObject({ code: 'invalid_user' })
    }
  })
})

describe('close', () => {
  it('settles everybody who waits, refuses everybody who comes, and can be called twice', async () => {
    await using world = await openWorld()
    const { tokens } = world.start()
    world.sandbox.faults.hang()
    const waiting = Promise.allSettled([
      tokens.getUserAccessToken(user),
      tokens.getAppAccessToken(),
      tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts'),
    ])
    await until(() => world.sandbox.requests().length >= 2)
    await Promise.all([tokens.close(), tokens.close()])
    for (const answer of await waiting) expect(answer).toMatchObject({ reason: { code: 'closed' } })
    const late = [
      () => tokens.getUserAccessToken(user),
      () => tokens.getAppAccessToken(),
      () => tokens.mintWidgetToken(user),
      () => tokens.fetchAsUser(user, '/'),
      () => tokens.fetchAsApp('/'),
      () => tokens.forgetUser({ sub: 'x' }),
      () => tokens.ready(),
    ]
    for (const call of late) await expect(call()).rejects.toMatchObject({ code: 'closed' })
    expect(await tokens.health()).toMatchObject({ healthy: false })
  })

  it('settles those who wait for the application itself: its cache, its subject tokens', async () => {
    await using world = await openWorld()
    const never = (): Promise<never> => new Promise(() => {})
    const { tokens } = world.start({
      cache: { ...memoryTokenCache(), get: never },
      subjectToken: subjectTokenFrom(never),
    })
    const waiting = Promise.allSettled([tokens.getUserAccessToken(user), tokens.mintWidgetToken(user)])
    await new Promise(setImmediate)
    await tokens.close()
    for (const answer of await waiting) expect(answer).toMatchObject({ reason: { code: 'closed' } })
  })

  it('closes a cache that several instances share with the last of them', async () => {
    await using world = await openWorld()
    let closed = 0
    const close = async (): Promise<void> => {
      closed += 1
    }
    const cache = { ...new SharedStore(world.clock).open(), close }
    const [a, b] = [world.start({ cache }), world.start({ cache })]
    await a.tokens.close()
    expect(closed).toBe(0)
    await b.tokens.getUserAccessToken(user)
    await b.tokens.close()
    expect(closed).toBe(1)
  })
})
