import {
  CacheUnavailableError,
  encryptedTokenCache,
  layeredTokenCache,
  type TesouroCredentials,
  type TesouroTokens,
  type TokenCache,
} from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { openWorld, userOf, type World } from '../../../../conformance/src/world.js'

const user = userOf(1)
const keys = ['0123456789abcdef'.repeat(4)]
const lost = (): never => {
  throw new Error('the answer was lost')
}

describe('a logout', () => {
  let world: World
  let store: SharedStore
  beforeEach(async () => {
    world = await openWorld()
    store = new SharedStore(world.clock)
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
  })

  const revoking = (cache: TokenCache) => world.start({ cache, revocationPath: world.sandbox.revocationPath })
  const isActive = (token: string): boolean => world.sandbox.openAccessToken(token)?.active === true

  it.each([1, 2, 3])('whose answer was lost %i times reports nothing to revoke', async (times) => {
    const inner = store.open()
    let answers = 0
    const forget: TokenCache['forget'] = async (...asked) => {
      const dropped = await inner.forget(...asked)
      answers += 1
      return answers <= times ? lost() : dropped
    }
    const { tokens } = revoking({ ...inner, forget })
    const { accessToken } = await tokens.getUserAccessToken(user)
    expect(await tokens.forgetUser({ sub: user.sub }, { revoke: true })).toEqual({
      forgotten: 1,
      revoked: 1,
      failed: 0,
    })
    expect(isActive(accessToken)).toBe(false)
  })

  it('that is called again while the answer of the first one is lost reports nothing to revoke', async () => {
    const inner = store.open()
    let isLost = true
    const forget: TokenCache['forget'] = async (...asked) => {
      const dropped = await inner.forget(...asked)
      return isLost ? lost() : dropped
    }
    const { tokens } = revoking({ ...inner, forget })
    const { accessToken } = await tokens.getUserAccessToken(user)
    const first = tokens.forgetUser({ sub: user.sub })
    const second = tokens.forgetUser({ sub: user.sub }, { revoke: true })
    await new Promise(setImmediate)
    isLost = false
    expect(await second).toMatchObject({ forgotten: 1, revoked: 1 })
    expect(await first).toMatchObject({ revoked: 0 })
    expect(isActive(accessToken)).toBe(false)
  })

  it('of a person whose token the store could not take reports nothing to revoke', async () => {
    const set = (): Promise<never> => Promise.reject(new Error('the store is full'))
    const { tokens } = revoking(layeredTokenCache({ shared: { ...store.open(), set } }))
    const { accessToken } = await tokens.getUserAccessToken(user)
    expect((await tokens.getUserAccessToken(user)).accessToken).toBe(accessToken)
    expect(await tokens.forgetUser({ sub: user.sub }, { revoke: true })).toEqual({
      forgotten: 1,
      revoked: 1,
      failed: 0,
    })
    expect(isActive(accessToken)).toBe(false)
  })

  it('that is tried again drops the token of who signed in meanwhile', async () => {
    const inner = store.open()
    let isFirst = true
    const forget: TokenCache['forget'] = async (...asked) => {
      const dropped = await inner.forget(...asked)
      if (!isFirst) return dropped
      isFirst = false
      // Signs in on another process as soon as the store has the logout.
      await elsewhere.tokens.getUserAccessToken(user)
      return lost()
    }
    const elsewhere = world.start({ cache: store.open() })
    const { tokens } = revoking({ ...inner, forget })
    const before = await tokens.getUserAccessToken(user)
    expect(await tokens.forgetUser({ sub: user.sub }, { revoke: true })).toMatchObject({ forgotten: 1 })
    const exchanges = world.exchanges()
    const { accessToken } = await elsewhere.tokens.getUserAccessToken(user)
    expect(accessToken).not.toBe(before.accessToken)
    expect(isActive(accessToken)).toBe(true)
    expect(world.exchanges()).toBe(exchanges)
  })

  it('that the store refuses for good is tried for ever, and does not say why', async () => {
    let tries = 0
    const forget: TokenCache['forget'] = async (_, request) => {
      if (request?.unannounced !== true) tries += 1
      throw new CacheUnavailableError('the store refuses this client: NOPERM', { retryable: false })
    }
    const { tokens } = revoking(layeredTokenCache({ shared: { ...store.open(), forget } }))
    const { accessToken } = await tokens.getUserAccessToken(user)
    await expect(tokens.forgetUser({ sub: user.sub }, { revoke: true })).rejects.toMatchObject({
      code: 'cache_unavailable',
      retryable: false,
      message: expect.stringContaining('NOPERM'),
    })
    expect(tries).toBe(1)
    // What this process had is revoked all the same, and is not read from the store again.
    expect(isActive(accessToken)).toBe(false)
    expect((await tokens.getUserAccessToken(user)).accessToken).not.toBe(accessToken)
  })

  it.each(['plain', 'layered', 'sealed'])(
    'that the store cannot announce leaves what it has dropped good (%s)',
    async (how) => {
      const inner = store.open()
      const forget: TokenCache['forget'] = async (...asked) => {
        const dropped = await inner.forget(...asked)
        if (asked[1]?.unannounced === true) return dropped
        throw new CacheUnavailableError('NOPERM: it may not publish', { retryable: false })
      }
      const seal = (cache: TokenCache): TokenCache =>
        how === 'sealed' ? encryptedTokenCache(cache, { keys }) : cache
      const front = (cache: TokenCache): TokenCache =>
        how === 'plain' ? cache : layeredTokenCache({ shared: cache })
      const { tokens } = revoking(front(seal({ ...inner, forget })))
      const elsewhere = world.start({ cache: seal(store.open()) })
      const { accessToken } = await elsewhere.tokens.getUserAccessToken(user)
      await expect(tokens.forgetUser({ sub: user.sub }, { revoke: true })).rejects.toMatchObject({
        retryable: false,
        message: expect.stringContaining('NOPERM'),
      })
      expect(isActive(accessToken)).toBe(false)
    },
  )

  it('that cannot be recorded is found out at the first logout instead of at the start', async () => {
    const forget = (): Promise<never> =>
      Promise.reject(new CacheUnavailableError('NOPERM: it may not publish', { retryable: false }))
    const { tokens } = world.start({ cache: { ...store.open(), forget } })
    await expect(tokens.ready()).rejects.toMatchObject({
      code: 'configuration',
      problems: [expect.stringContaining('NOPERM')],
    })
  })

  const deeds = {
    'logs out': (tokens: TesouroTokens) => tokens.forgetUser({ sub: user.sub }),
    'signs in': (tokens: TesouroTokens) => tokens.getUserAccessToken(user),
    renews: (tokens: TesouroTokens) => tokens.renewUser({ sub: user.sub }),
  }
  const sequences = ['logs out', 'logs out, logs out', 'logs out, signs in', 'logs out, signs in, logs out']
  sequences.push('renews, logs out', 'logs out, renews')

  it.each(sequences.flatMap((sequence) => ['plain', 'layered'].map((cache) => ({ sequence, cache }))))(
    'that the store has lost is not told to it again, and the old token is served ($sequence, $cache)',
    async ({ sequence, cache }) => {
      const shared = store.open()
      const { tokens } = world.start({ cache: cache === 'layered' ? layeredTokenCache({ shared }) : shared })
      const before = await tokens.getUserAccessToken(user)
      const fallBack = store.backup()
      for (const deed of sequence.split(', ')) await deeds[deed as keyof typeof deeds](tokens)
      fallBack()
      world.clock.pass(1_100)
      for (let time = 0; time < 3; time += 1) {
        expect((await tokens.getUserAccessToken(user)).accessToken).not.toBe(before.accessToken)
        world.clock.pass(1_100)
      }
    },
  )

  it('reaches only the client id in force, and a roll-back brings the old token back', async () => {
    const [one, other] = [world.sandbox.options, { ...world.sandbox.options, clientId: 'another-client' }]
    let inForce: TesouroCredentials = one
    const { clientId: _, clientSecret: __, widgetSecret: ___, ...options } = world.sandbox.options
    const { tokens } = world.start({
      ...options,
      cache: store.open(),
      clientId: undefined,
      clientSecret: undefined,
      widgetSecret: undefined,
      credentials: () => inForce,
      credentialsMaxAgeSeconds: 60,
    })
    const before = await tokens.getUserAccessToken(user)
    inForce = other
    world.clock.pass(61_000)
    await tokens.getUserAccessToken(user).catch(() => {})
    await tokens.getUserAccessToken(user).catch(() => {})
    expect(await tokens.forgetUser({ sub: user.sub })).toMatchObject({ forgotten: 1 })
    inForce = one
    world.clock.pass(61_000)
    await tokens.getUserAccessToken(user).catch(() => {})
    expect((await tokens.getUserAccessToken(user)).accessToken).not.toBe(before.accessToken)
  })

  it('during the first answer of the credentials function is missed by the call that waits for it', async () => {
    const { clientId, clientSecret, widgetSecret, ...options } = world.sandbox.options
    let answer = (_: TesouroCredentials): void => {}
    const asked = new Promise<TesouroCredentials>((resolve) => {
      answer = resolve
    })
    const { tokens } = world.start({
      ...options,
      clientId: undefined,
      clientSecret: undefined,
      widgetSecret: undefined,
      credentials: () => asked,
    })
    const calls = [
      tokens.getUserAccessToken(user),
      tokens.mintWidgetToken(user),
      tokens.fetchAsUser(user, '/'),
    ].map((call) => call.catch((error: { code?: string }) => error.code))
    const logout = tokens.forgetUser({ sub: user.sub })
    const after = tokens.getUserAccessToken(user)
    answer({ clientId, clientSecret, widgetSecret })
    expect(await Promise.all(calls)).toEqual(['user_forgotten', 'user_forgotten', 'user_forgotten'])
    await logout
    expect(await after).toMatchObject({ tokenType: 'Bearer' })
    expect(world.exchanges()).toBe(1)
  })
})

describe('a sealed value opens', () => {
  const key = { subject: 'user', variant: 'one' }

  it('when it is put back after a logout', async () => {
    await using world = await openWorld()
    const raw = new SharedStore(world.clock).open()
    const sealed = encryptedTokenCache(raw, { keys })
    world.start({ cache: sealed })
    const { generation } = await sealed.get(key)
    await sealed.set(key, 'token', { ttlMs: 3_600_000, generation })
    expect((await sealed.get(key)).value).toBe('token')
    const { value = '' } = await raw.get(key)
    await sealed.forget(key.subject)
    const after = await raw.get(key)
    await raw.set(key, value, { ttlMs: 3_600_000, generation: after.generation })
    expect((await sealed.get(key)).value).toBeUndefined()
  })

  it('when it is kept alive for longer than its token', async () => {
    await using world = await openWorld()
    const raw = new SharedStore(world.clock).open()
    const sealed = encryptedTokenCache(raw, { keys })
    world.start({ cache: sealed })
    const { generation } = await sealed.get(key)
    await sealed.set(key, 'token', { ttlMs: 1_000, generation })
    const { value = '' } = await raw.get(key)
    await raw.set(key, value, { ttlMs: 3_600_000, generation })
    world.clock.pass(999)
    expect(await sealed.get(key)).toMatchObject({ value: 'token', remainingMs: 1 })
    world.clock.pass(1)
    expect((await sealed.get(key)).value).toBeUndefined()
  })
})
