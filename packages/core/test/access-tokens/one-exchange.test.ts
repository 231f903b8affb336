import { isTesouroTokensError, memoryTokenCache } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { atOnce, openWorld, userOf, type World } from '../../../../conformance/src/world.js'

/** Hundreds of exchanges at once take a starved machine longer than the product gives one. */
const patient = { attemptMs: 50_000, exchangeMs: 52_000, callMs: 55_000 }

describe('one exchange, however many callers', () => {
  let world: World

  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  it('1,000 cold callers of one user do not make a stampede', async () => {
    const { tokens } = world.start()
    const answers = await atOnce(1_000, () => tokens.getUserAccessToken(userOf(1)))
    expect(new Set(answers.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(world.exchanges()).toBe(1)
  })

  it("3,000 callers of 100 users make 100 exchanges, and nobody gets another's token", async () => {
    const { tokens } = world.start({ timeouts: patient })
    const answers = await atOnce(3_000, async (index) => {
      const user = userOf(index % 100)
      return { user, token: await tokens.getUserAccessToken(user) }
    })
    for (const { user, token } of answers) {
      const opened = world.sandbox.openAccessToken(token.accessToken)
      expect({ sub: opened?.sub, email: opened?.email }).toEqual({ sub: user.sub, email: user.email })
    }
    expect(world.exchanges()).toBe(100)
  })

  it('users whose ids look alike never share a token', async () => {
    const { tokens } = world.start({ timeouts: patient })
    const awkward = [
      '1',
      '01',
      '1 ',
      'a,b',
      'a',
      'b',
      '["a"]',
      'null',
      '__proto__',
      'A',
      '\u00e1',
      'a\u0301',
      '😀',
      'a b',
    ]
    const users = awkward.flatMap((sub) =>
      awkward.map((email) => ({
        sub,
        email: `${email}@bank.example`,
        ...(sub === '1' ? { tenant: email } : {}),
      })),
    )
    await Promise.all(users.map((user) => tokens.getUserAccessToken(user)))
    for (const user of users) {
      const { accessToken } = await tokens.getUserAccessToken(user)
      const opened = world.sandbox.openAccessToken(accessToken)
      expect([opened?.sub, opened?.email]).toEqual([user.sub, user.email])
    }
    expect(world.exchanges()).toBe(users.length)
  })

  it('two platforms and two client ids over one cache never share a token', async () => {
    const clients = [{ clientId: 'one' }, { clientId: 'two' }]
    await using sameNames = await openWorld({ clients })
    await using platform = await openWorld({ clients })
    const cache = memoryTokenCache({ clock: world.clock })
    const places = [
      { at: platform, clientId: 'one' },
      { at: platform, clientId: 'two' },
      { at: sameNames, clientId: 'one' },
    ]
    for (const { at, clientId } of places) {
      const { tokens } = at.start({ ...at.sandbox.client(clientId).options, cache })
      const { accessToken } = await tokens.getUserAccessToken(userOf(1))
      expect(at.sandbox.openAccessToken(accessToken)?.clientId).toBe(clientId)
      const app = await tokens.getAppAccessToken()
      expect(at.sandbox.openAccessToken(app.accessToken)?.clientId).toBe(clientId)
    }
  })

  it('claims and request parameters in another order are the same token, with other values another', async () => {
    const { tokens } = world.start()
    const one = {
      ...userOf(1),
      claims: { a: 1, b: { c: [1, 2], d: 'x' } },
      requestParameters: { resource: 's', audience: 'a' },
    }
    const same = {
      ...userOf(1),
      requestParameters: { audience: 'a', resource: 's' },
      claims: { b: { d: 'x', c: [1, 2] }, a: 1 },
    }
    const other = { ...one, claims: { a: 1, b: { c: [2, 1], d: 'x' } } }
    const first = await tokens.getUserAccessToken(one)
    expect((await tokens.getUserAccessToken(same)).accessToken).toBe(first.accessToken)
    expect((await tokens.getUserAccessToken(other)).accessToken).not.toBe(first.accessToken)
  })

  it('20 calls, 9 s apart, with tokens of 240 s make 1 exchange, 40 make 2', async () => {
    await world[Symbol.asyncDispose]()
    world = await openWorld({ accessTokenLifetimeSeconds: 240 })
    const { tokens, settled } = world.start()
    const exchangesAfter: number[] = []
    for (let call = 1; call <= 40; call += 1) {
      await tokens.getUserAccessToken(userOf(1))
      await settled()
      exchangesAfter[call] = world.exchanges()
      world.clock.pass(9_000)
    }
    expect([exchangesAfter[20], exchangesAfter[40]]).toEqual([1, 2])
  })

  it('1,000 rejections of one token at once make 1 exchange', async () => {
    const { tokens } = world.start()
    const { accessToken: rejectedToken } = await tokens.getUserAccessToken(userOf(1))
    const answers = await atOnce(1_000, () => tokens.getUserAccessToken(userOf(1), { rejectedToken }))
    expect(world.exchanges()).toBe(2)
    expect(answers.every(({ accessToken }) => accessToken !== rejectedToken)).toBe(true)
  })

  it('a rejection that comes late costs nothing: the cache already holds another token', async () => {
    const { tokens } = world.start()
    const { accessToken: rejectedToken } = await tokens.getUserAccessToken(userOf(1))
    const { accessToken } = await tokens.getUserAccessToken(userOf(1), { rejectedToken })
    for (let late = 0; late < 10; late += 1) {
      expect((await tokens.getUserAccessToken(userOf(1), { rejectedToken })).accessToken).toBe(accessToken)
    }
    expect(world.exchanges()).toBe(2)
  })

  it('1,000 calls whose token has expired at the platform make 1 exchange', async () => {
    const { tokens } = world.start()
    await tokens.getUserAccessToken(userOf(1))
    world.sandbox.faults.expireAccessTokens(400)
    const responses = await atOnce(200, () =>
      tokens.fetchAsUser(userOf(1), '/embedded-banking/v1/bank-accounts?limit=10'),
    )
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    expect(world.exchanges()).toBe(2)
  })

  it('the application itself has one token, by client credentials', async () => {
    const { tokens } = world.start()
    await atOnce(100, () => tokens.getAppAccessToken())
    expect(world.sandbox.count({ kind: 'client_credentials' })).toBe(1)
    expect(world.exchanges()).toBe(0)
  })

  it('an aborted caller cancels nobody, and is not kept waiting', async () => {
    const { tokens } = world.start()
    world.sandbox.faults.slow(150)
    const controller = new AbortController()
    const impatient = tokens.getUserAccessToken(userOf(1), { signal: controller.signal })
    const patient = atOnce(20, () => tokens.getUserAccessToken(userOf(1)))
    controller.abort(new Error('the browser went away'))
    await expect(impatient).rejects.toThrow('the browser went away')
    expect(new Set((await patient).map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(world.exchanges()).toBe(1)
  })

  it('an exchange that nobody waits for any longer is not lost', async () => {
    const { tokens, settled } = world.start()
    world.sandbox.faults.slow(50)
    const controller = new AbortController()
    const call = tokens.getUserAccessToken(userOf(1), { signal: controller.signal })
    const started = expect(call).rejects.toThrow()
    while (world.sandbox.requests().length === 0) await new Promise(setImmediate)
    controller.abort()
    await started
    await settled()
    await tokens.getUserAccessToken(userOf(1))
    expect(world.exchanges()).toBe(1)
  })

  it('a failed exchange fails those who wait for it once, and poisons nothing', async () => {
    const { tokens } = world.start()
    world.sandbox.faults.status(503, { times: 1 })
    const answers = await Promise.allSettled(
      Array.from({ length: 100 }, () => tokens.getUserAccessToken(userOf(1))),
    )
    expect(
      answers.every(
        (answer) =>
          answer.status === 'rejected' && isTesouroTokensError(answer.reason, 'upstream_unavailable'),
      ),
    ).toBe(true)
    expect(world.exchanges()).toBe(1)
    await tokens.getUserAccessToken(userOf(1))
    expect(world.exchanges()).toBe(2)
  })

  it('a look into the cache that was overtaken by an exchange does not start another', async () => {
    const cache = memoryTokenCache({ clock: world.clock })
    let overtake = (): void => {}
    const overtaken = new Promise<void>((resolve) => {
      overtake = resolve
    })
    let looks = 0
    const { tokens } = world.start({
      cache: {
        ...cache,
        get: async (key) => {
          looks += 1
          const isFirst = looks === 1
          const answer = await cache.get(key)
          if (isFirst) await overtaken
          return answer
        },
      },
    })
    const slow = tokens.getUserAccessToken(userOf(1))
    while (looks === 0) await new Promise(setImmediate)
    const other = world.start({ cache })
    const { accessToken } = await other.tokens.getUserAccessToken(userOf(1))
    overtake()
    expect((await slow).accessToken).toBe(accessToken)
    expect(world.exchanges()).toBe(1)
  })

  it("shared work does not run in the first caller's async context", async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks')
    const storage = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    const { tokens } = world.start({
      fetch: (input, init) => {
        seen.push(storage.getStore())
        return fetch(input, init)
      },
    })
    await storage.run('request 1', () => tokens.getUserAccessToken(userOf(1)))
    expect(seen).toEqual([undefined])
  })
})
