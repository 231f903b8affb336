import { layeredTokenCache, memoryTokenCache, type TesouroUser, type TokenCache } from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, type Process, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)

/** A JWT as far as its claims are read before the platform sees it. */
function jwtWith(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'ES256' })}.${part({ ...user, exp: 4_000_000_000, ...claims })}.c2lnbmF0dXJl`
}

describe('a user whose rights have changed', () => {
  let world: World
  let store: SharedStore
  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  const tokenOf = async ({ tokens }: Process): Promise<string> =>
    (await tokens.getUserAccessToken(user)).accessToken
  /** Holds the exchanges of one process until they are let go. */
  const held = () => {
    let letGo = (): void => {}
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let waiting = 0
    const fetchLater: typeof fetch = async (input, init) => {
      waiting += 1
      await gate
      return fetch(input, init)
    }
    return { fetchLater, letGo: () => letGo(), waiting: () => waiting }
  }

  const caches: Record<string, () => [TokenCache, TokenCache]> = {
    'in memory': () => {
      const cache = memoryTokenCache()
      return [cache, cache]
    },
    'in a shared store': () => [store.open(), store.open()],
    'in memory in front of a shared store': () => [
      layeredTokenCache({ shared: store.open() }),
      layeredTokenCache({ shared: store.open() }),
    ],
  }
  for (const [name, open] of Object.entries(caches)) {
    it(`is served the token of before by the next call, here or elsewhere (${name})`, async () => {
      const [one, other] = open().map((cache) => world.start({ cache }))
      if (one === undefined || other === undefined) throw new Error('two processes')
      const before = await tokenOf(one)
      expect(await tokenOf(other)).toBe(before)
      expect(await one.tokens.renewUser({ sub: user.sub })).toEqual({ dropped: 1 })
      const after = await tokenOf(other)
      expect(after).not.toBe(before)
      expect(await tokenOf(one)).toBe(after)
      expect(await one.tokens.renewUser({ sub: userOf(2).sub, tenant: null })).toEqual({ dropped: 0 })
      expect(await tokenOf(one)).toBe(after)
    })

    it(`loses the calls that are under way, or keeps what they bring (${name})`, async () => {
      const { fetchLater, letGo, waiting } = held()
      const [mine, theirs] = open()
      const one = world.start({ cache: mine, fetch: fetchLater })
      const other = world.start({ cache: theirs })
      const call = tokenOf(one)
      await expect.poll(waiting).toBe(1)
      await other.tokens.renewUser({ sub: user.sub })
      letGo()
      const underWay = await call
      expect(await tokenOf(one)).not.toBe(underWay)
      expect(await tokenOf(other)).toBe(await tokenOf(one))
    })
  }

  it('is renewed, and nobody who listens is told', async () => {
    const [one, other] = [world.start({ cache: store.open() }), world.start({ cache: store.open() })]
    await tokenOf(one)
    await one.tokens.renewUser({ sub: user.sub })
    expect(one.events).toContainEqual(
      expect.objectContaining({ type: 'renew', origin: 'local', dropped: 1, outcome: 'ok' }),
    )
    expect(other.events).toContainEqual(expect.objectContaining({ type: 'renew', origin: 'elsewhere' }))
  })

  it('is not renewed in the store, and the caller is told that it was', async () => {
    const forget = (): Promise<never> => Promise.reject(new Error('down'))
    const { tokens } = world.start({ cache: { ...store.open(), forget } })
    await expect(tokens.renewUser({ sub: user.sub })).rejects.toMatchObject({ code: 'cache_unavailable' })
  })
})

describe('sessions of one user share a token', () => {
  it('that a session without a second factor must not have', async () => {
    await using world = await openWorld()
    const { tokens } = world.start()
    const tokenOf = async (more: Partial<TesouroUser>): Promise<string> =>
      (await tokens.getUserAccessToken({ ...user, ...more })).accessToken
    const first = await tokenOf({ variant: 'password' })
    expect(await tokenOf({ variant: 'password' })).toBe(first)
    expect(await tokenOf({ variant: 'password and key' })).not.toBe(first)
    expect(await tokenOf({})).not.toBe(first)
    expect(await tokenOf({ variant: null })).toBe(await tokenOf({}))
    expect(await tokens.forgetUser({ sub: user.sub })).toMatchObject({ forgotten: 3 })
  })

  it.each([
    ['amr', { amr: ['pwd'] }, { amr: ['pwd', 'otp'] }, false],
    ['a claim within a claim', { org: { id: 1, roles: ['a'] } }, { org: { id: 1, roles: ['b'] } }, false],
    ['a claim more', {}, { acr: '2' }, false],
    [
      'only times and jti',
      { iat: 1, nbf: 1, jti: 'a' },
      { iat: 2, nbf: 2, jti: 'b', exp: 4_000_000_001 },
      true,
    ],
    ['only the order', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ])('although their own JWTs differ: %s', async (_, one, other, shared) => {
    await using world = await openWorld()
    const { tokens } = world.start({
      fetch: async () =>
        Response.json({
          access_token: crypto.randomUUID(),
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          token_type: 'Bearer',
          expires_in: 3_600,
        }),
    })
    const tokenOf = async (claims: object): Promise<string> =>
      (await tokens.getUserAccessToken({ ...user, subjectToken: jwtWith(claims) })).accessToken
    expect((await tokenOf(one)) === (await tokenOf(other))).toBe(shared)
  })
})
