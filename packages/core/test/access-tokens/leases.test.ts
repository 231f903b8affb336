import {
  type LeaseOutcome,
  signedSubjectToken,
  subjectTokenFrom,
  type TesouroTokensOptions,
  type TokenCache,
} from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, type Process, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)

describe('one exchange across processes, where the cache has leases', () => {
  let world: World
  let store: SharedStore
  let processes: Process[]

  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
    processes = [1, 2, 3, 4].map(() => world.start({ cache: store.open() }))
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  function everywhere(callers: number): Promise<PromiseSettledResult<{ accessToken: string }>[]> {
    return Promise.allSettled(
      processes.flatMap(({ tokens }) =>
        Array.from({ length: callers }, () => tokens.getUserAccessToken(user)),
      ),
    )
  }

  it('4 processes × 50 cold callers do not exchange four times', async () => {
    world.sandbox.faults.slow(100)
    const answers = await everywhere(50)
    expect(
      new Set(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.accessToken : answer)))
        .size,
    ).toBe(1)
    expect(world.exchanges()).toBe(1)
    expect(
      processes.flatMap(({ events }) => events).filter(({ type }) => type === 'lease_wait'),
    ).toMatchObject([{ outcome: 'stored' }, { outcome: 'stored' }, { outcome: 'stored' }])
  })

  it('a user whom the platform refuses costs 1 request for all of them', async () => {
    world.sandbox.faults.slow(100)
    world.sandbox.disableUser(user.sub)
    const answers = await everywhere(50)
    expect(
      answers.filter((answer) => answer.status === 'rejected' && answer.reason.code === 'token_endpoint'),
    ).toHaveLength(200)
    expect(world.exchanges()).toBe(1)
  })

  it('waiters elsewhere fail in the way the owner failed, with its Retry-After', async () => {
    world.sandbox.faults.slow(100)
    world.sandbox.faults.status(429, { retryAfterSeconds: 17 })
    const answers = await everywhere(5)
    for (const answer of answers) {
      expect(answer).toMatchObject({
        reason: { code: 'rate_limited', retryable: true, retryAfterSeconds: 17 },
      })
    }
    expect(world.exchanges()).toBe(1)
  })

  const fails = (): never => {
    throw new Error('not now')
  }
  const failures: { [name: string]: (ready: Promise<void>) => Partial<TesouroTokensOptions> } = {
    'a provider that is down': (ready) => ({ subjectToken: subjectTokenFrom(() => ready.then(fails)) }),
    'a provider of what is no token': (ready) => ({
      subjectToken: subjectTokenFrom(() => ready.then(() => 'none')),
    }),
    'a key function that is down': (ready) => ({
      subjectToken: signedSubjectToken({ algorithm: 'ES256', key: () => ready.then(fails) }),
    }),
    'a token that had expired when it came': (ready) => ({
      fetch: async () => {
        await ready
        world.clock.pass(1_500)
        const token = { access_token: 'old', token_type: 'Bearer', expires_in: 1 }
        return Response.json({ ...token, issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' })
      },
    }),
    'an answer that is none': (ready) => ({ fetch: () => ready.then(() => Response.json({})) }),
  }
  it.each(Object.keys(failures))(
    '%s: may be tried again in one process, and not in another',
    async (name) => {
      let isWaiting = (): void => {}
      const ready = new Promise<void>((resolve) => {
        isWaiting = resolve
      })
      const options = failures[name]?.(ready)
      const cache = store.open()
      const { lease } = cache
      cache.lease = async (...parts) => {
        const answer = (await lease?.apply(cache, parts)) ?? { busy: true }
        if ('busy' in answer) isWaiting()
        return answer
      }
      const told = (answer: Promise<unknown>): Promise<unknown> =>
        answer.catch(({ code, retryable }) => ({ code, retryable }))
      const owner = told(world.start({ ...options, cache: store.open() }).tokens.getUserAccessToken(user))
      while (store.namesAsked().length === 0) await new Promise(setImmediate)
      const { tokens, events } = world.start({ ...options, cache })
      const waiter = await told(tokens.getUserAccessToken(user))
      expect(waiter).toEqual(await owner)
      expect(events).toContainEqual(expect.objectContaining({ type: 'lease_wait', outcome: 'failed' }))
    },
  )

  it('a token that cannot be kept is fetched by each process for itself', async () => {
    world.sandbox.faults.slow(100)
    world.sandbox.faults.answer({
      body: JSON.stringify({
        access_token: 'no-life-told',
        token_type: 'Bearer',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      }),
    })
    const answers = await everywhere(25)
    expect(answers.every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(world.sandbox.stats().total).toBeLessThanOrEqual(4)
  })

  it('an owner that died keeps nobody waiting longer than its lease', async () => {
    const dead = store.open()
    const [alive] = processes
    const { accessToken } = (await alive?.tokens.getUserAccessToken(user)) ?? {}
    await alive?.tokens.forgetUser({ sub: user.sub })
    world.clock.pass(10_000)
    const key = leaseKeyOf(store)
    await dead.lease?.(key, 5_000)
    const call = alive?.tokens.getUserAccessToken(user)
    await new Promise(setImmediate)
    world.clock.pass(5_001)
    expect((await call)?.accessToken).not.toBe(accessToken)
    expect(world.exchanges()).toBe(2)
  })

  it('an exchange that takes longer than a lease keeps it', async () => {
    const [owner, other] = processes
    let renewed = 0
    const cache = store.open()
    const renewing: TokenCache = {
      ...cache,
      lease: async (key, ttlMs) => {
        const answer = (await cache.lease?.(key, ttlMs)) ?? { busy: true as const }
        if (!('held' in answer)) return answer
        const { held } = answer
        return {
          held: {
            ...held,
            renew: async (ms) => {
              const kept = await held.renew(ms)
              renewed += 1
              return kept
            },
          },
        }
      },
    }
    await owner?.tokens.close()
    const slow = world.start({ cache: renewing })
    world.sandbox.faults.hang({ times: 1 })
    const first = slow.tokens.getUserAccessToken(user).catch((error: unknown) => error)
    while (world.exchanges() === 0) await new Promise(setImmediate)
    world.clock.pass(4_000)
    await expect.poll(() => renewed).toBeGreaterThan(0)
    world.clock.pass(4_000)
    const second = other?.tokens.getUserAccessToken(user).catch((error: unknown) => error)
    await expect.poll(() => renewed).toBeGreaterThan(1)
    expect(world.exchanges()).toBe(1)
    await slow.tokens.close()
    expect(await first).toMatchObject({ code: 'closed' })
    expect(await second).toMatchObject({ tokenType: 'Bearer' })
  })

  it("a logout that fell into the exchange is nobody else's failure", async () => {
    const outcomes: LeaseOutcome[] = []
    const cache = store.open()
    const telling: TokenCache = {
      ...cache,
      lease: async (key, ttlMs) => {
        const answer = (await cache.lease?.(key, ttlMs)) ?? { busy: true as const }
        if (!('held' in answer)) return answer
        return { held: { ...answer.held, release: async (outcome) => void outcomes.push(outcome) } }
      },
    }
    const { tokens } = world.start({ cache: telling })
    world.sandbox.faults.hang()
    const call = tokens.getUserAccessToken(user).catch((error: unknown) => error)
    while (world.exchanges() === 0) await new Promise(setImmediate)
    await tokens.forgetUser({ sub: user.sub })
    expect(await call).toMatchObject({ code: 'user_forgotten' })
    await expect.poll(() => outcomes).toEqual([{ notCacheable: true }])
  })

  it('who waits for a lease while the user logs out elsewhere makes no exchange for them', async () => {
    const deaf = store.open()
    delete deaf.onForget
    const waiting = world.start({ cache: deaf })
    await waiting.tokens.getUserAccessToken(user)
    await waiting.tokens.forgetUser({ sub: user.sub })
    world.clock.pass(10_000)
    await store.open().lease?.(leaseKeyOf(store), 5_000)
    let asked = 0
    const { lease } = deaf
    deaf.lease = async (...parts) => {
      asked += 1
      return (await lease?.apply(deaf, parts)) ?? { busy: true }
    }
    const call = waiting.tokens.getUserAccessToken(user).catch((error: unknown) => error)
    while (asked === 0) await new Promise(setImmediate)
    await processes[0]?.tokens.forgetUser({ sub: user.sub })
    expect(await call).toMatchObject({ code: 'user_forgotten' })
    expect(world.exchanges()).toBe(1)
  })

  it('a store whose leases fail costs one exchange a process, and fails no call', async () => {
    processes = [1, 2].map(() =>
      world.start({ cache: { ...store.open(), lease: () => Promise.reject(new Error('no scripts here')) } }),
    )
    const answers = await everywhere(10)
    expect(answers.every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(world.exchanges()).toBeLessThanOrEqual(2)
  })

  it('a process that closes does not fail the others who wait for it', async () => {
    world.sandbox.faults.slow(300)
    const [first, second] = processes
    const owner = first?.tokens.getUserAccessToken(user).catch((error: unknown) => error)
    while (world.exchanges() === 0) await new Promise(setImmediate)
    const waiter = second?.tokens.getUserAccessToken(user)
    await first?.tokens.close()
    expect(await owner).toMatchObject({ code: 'closed' })
    expect((await waiter)?.accessToken).toBeTypeOf('string')
  })
})

describe('a remote cache that fails', () => {
  const failures = {
    'that rejects': () => Promise.reject(new Error('down')),
    'that never answers': () => new Promise<never>(() => {}),
  }
  for (const [name, failure] of Object.entries(failures)) {
    it(`${name} fails no call`, async () => {
      await using world = await openWorld()
      const store = new SharedStore(world.clock)
      const { tokens, events } = world.start({ cache: store.open(), timeouts: { cacheMs: 20 } })
      store.failure = failure
      await tokens.getUserAccessToken(user)
      await tokens.getAppAccessToken()
      expect((await tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts')).status).toBe(200)
      expect(await tokens.health()).toMatchObject({ cache: 'bypassed' })
      expect(events.some(({ type }) => type === 'cache_failure')).toBe(true)
    })
  }

  it('that returns rubbish fails no call and serves none of it', async () => {
    await using world = await openWorld()
    const rubbish: unknown[] = [
      undefined,
      null,
      7,
      'text',
      {},
      { value: 7, generation: '0' },
      { value: 'not json', generation: '0' },
      { value: '{"v":2,"accessToken":"newer format"}', generation: '0' },
      { value: '{"__proto__":{"accessToken":"x"},"v":1}', generation: '0' },
      { value: '{"accessToken":"foreign"}', remainingMs: Number.NaN, generation: '0' },
    ]
    for (const answer of rubbish) {
      const cache = { ...new SharedStore(world.clock).open(), get: async () => answer as never }
      const { tokens, events } = world.start({ cache })
      const { accessToken } = await tokens.getUserAccessToken(user)
      expect(world.sandbox.openAccessToken(accessToken)?.sub).toBe(user.sub)
      expect(events).toContainEqual({ type: 'cache_failure', operation: 'get', reason: 'unreadable' })
    }
  })
})

/** The key of the one token in a store, taken from a lease that its process left behind. */
function leaseKeyOf(store: SharedStore): { subject: string; variant: string } {
  const [id] = store.namesAsked()
  const [subject, variant] = JSON.parse(id ?? '[]') as [string, string]
  return { subject, variant }
}
