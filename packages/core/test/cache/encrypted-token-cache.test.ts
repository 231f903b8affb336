import { randomBytes } from 'node:crypto'
import {
  encryptedTokenCache,
  layeredTokenCache,
  memoryTokenCache,
  type TesouroTokensOptions,
  type TokenCache,
} from '@tesouro-tokens/core'
import { describe, expect, it } from 'vitest'
import { type CacheSubject, describeTokenCache } from '../../../../conformance/src/cache.js'
import { ManualClock } from '../../../../conformance/src/manual-clock.js'
import { SharedStore } from '../../../../conformance/src/shared-store.js'
import { atOnce, openWorld, userOf } from '../../../../conformance/src/world.js'

const newKey = (): string => randomBytes(32).toString('hex')
const keys = [newKey()]
const key = { subject: 'a'.repeat(64), variant: '1'.repeat(64) }
const user = userOf(1)

function shared(open: (store: SharedStore, clock: ManualClock) => TokenCache): () => Promise<CacheSubject> {
  return async () => {
    const clock = new ManualClock()
    const store = new SharedStore(clock)
    return {
      cache: open(store, clock),
      elsewhere: open(store, clock),
      pass: async (ms) => clock.pass(ms),
      close: async () => {},
    }
  }
}

describeTokenCache(
  'encrypted, on a shared store',
  shared((store) => encryptedTokenCache(store.open(), { keys })),
  { shared: true },
)
describeTokenCache(
  'memory in front of an encrypted shared store',
  shared((store, clock) =>
    layeredTokenCache({
      shared: encryptedTokenCache(store.open(), { keys }),
      local: memoryTokenCache({ clock }),
    }),
  ),
  { shared: true, local: true },
)
describeTokenCache(
  'encrypted, around memory in front of a shared store',
  shared((store, clock) =>
    encryptedTokenCache(layeredTokenCache({ shared: store.open(), local: memoryTokenCache({ clock }) }), {
      keys,
    }),
  ),
  { shared: true, local: true },
)

async function put(cache: TokenCache, value: string, at = key): Promise<void> {
  const { generation } = await cache.get(at)
  expect(await cache.set(at, value, { ttlMs: 60_000, generation })).toBe(true)
}

describe('a cache that is sealed at rest', () => {
  const open = (): { store: SharedStore; raw: TokenCache } => {
    const store = new SharedStore(new ManualClock())
    return { store, raw: store.open() }
  }

  it('the store never holds anything readable, and the same value never looks the same', async () => {
    const { store, raw } = open()
    const cache = encryptedTokenCache(raw, { keys })
    const seen = new Set<string>()
    for (let n = 0; n < 1_000; n += 1) {
      await put(cache, 'a token that must not be read')
      const [sealed = ''] = store.values()
      const [header, wrappedKey = '', iv = '', ciphertext = ''] = sealed.split('.')
      for (const part of [wrappedKey, iv, ciphertext]) seen.add(part)
      expect(Buffer.from(`${header}`, 'base64url').toString()).toMatch(
        /^{"alg":"A256KW","enc":"A256GCM","kid":"[0-9a-f]{16}","subject":"a{64}","variant":"1{64}","generation":"[^"]+","until":"\d{13}"}$/,
      )
      expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('must not')
    }
    expect(seen.size).toBe(3_000)
  })

  it('a value that was moved to another name does not open', async () => {
    const { store, raw } = open()
    const cache = encryptedTokenCache(raw, { keys })
    await put(cache, 'token')
    const [sealed = ''] = store.values()
    for (const other of [
      { ...key, variant: '2'.repeat(64) },
      { ...key, subject: 'b'.repeat(64) },
    ]) {
      await put(raw, sealed, other)
      expect((await cache.get(other)).value).toBeUndefined()
      // nor with a header that says otherwise
      const [, ...rest] = sealed.split('.')
      const lie = { alg: 'A256KW', enc: 'A256GCM', kid: kidOf(sealed), ...other }
      await put(raw, [Buffer.from(JSON.stringify(lie)).toString('base64url'), ...rest].join('.'), other)
      expect((await cache.get(other)).value).toBeUndefined()
    }
    expect((await cache.get(key)).value).toBe('token')
  })

  it('the first key encrypts, all decrypt, and a key that is gone opens nothing', async () => {
    const { store, raw } = open()
    const [old, fresh] = [newKey(), newKey()]
    await put(encryptedTokenCache(raw, { keys: [old] }), 'old')
    const both = encryptedTokenCache(raw, { keys: [fresh, old.toUpperCase()] })
    expect((await both.get(key)).value).toBe('old')
    const [before = ''] = store.values()
    await put(both, 'new')
    const [after = ''] = store.values()
    expect(kidOf(after)).not.toBe(kidOf(before))
    expect((await encryptedTokenCache(raw, { keys: [fresh] }).get(key)).value).toBe('new')
    const { value, remainingMs, generation } = await encryptedTokenCache(raw, { keys: [old] }).get(key)
    expect({ value, remainingMs }).toEqual({ value: undefined, remainingMs: undefined })
    expect(generation).toBeTypeOf('string')
  })

  it('anything else in its place is a miss, and never handed on', async () => {
    const { store, raw } = open()
    const cache = encryptedTokenCache(raw, { keys })
    await put(cache, 'token')
    const [sealed = ''] = store.values()
    const parts = sealed.split('.')
    const damaged = parts.map((part, place) =>
      parts.with(place, part.startsWith('A') ? `B${part.slice(1)}` : `A${part.slice(1)}`).join('.'),
    )
    const unsealed = `${Buffer.from('{"alg":"none"}').toString('base64url')}..${parts[2]}.${parts[3]}.`
    for (const text of [
      ...damaged,
      unsealed,
      '',
      '.',
      '....',
      'plain text',
      '{"v":1}',
      'x'.repeat(100_000),
    ]) {
      await put(raw, text)
      expect((await cache.get(key)).value).toBeUndefined()
    }
  })

  it('refuses keys that are none, each by its place, and shows nothing of them', () => {
    const good = newKey()
    const { raw } = open()
    const secret = good.slice(0, 63)
    const cases: [unknown, RegExp][] = [
      [undefined, /^keys: must be a list/],
      [{ keys: [] }, /^keys: must be a list/],
      [{ keys: good }, /^keys: must be a list/],
      [{ keys: [good, secret] }, /^keys\[1\]: has 63 hex digits: one was lost or typed twice; 64 hex digits/],
      [{ keys: [Buffer.from(good, 'hex').toString('base64')] }, /^keys\[0\]: looks like base64/],
      [{ keys: [Buffer.from(good, 'hex')] }, /^keys\[0\]: is given as bytes/],
      [{ keys: [good, newKey(), good.toUpperCase()] }, /^keys\[2\]: is the same as keys\[0\]/],
    ]
    for (const [options, message] of cases) {
      const make = (): TokenCache => encryptedTokenCache(raw, options as never)
      expect(make).toThrow(message)
      expect(make).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining(secret.slice(0, 12)) }),
      )
    }
    expect(() => encryptedTokenCache(7 as never, { keys: [good] })).toThrow(/^inner: must be a TokenCache/)
  })
})

function kidOf(sealed: string): string {
  return JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString()).kid
}

describe('names in the cache', () => {
  it('are made under a key where one is given: who lacks it finds nobody by trying', async () => {
    await using world = await openWorld()
    const store = new SharedStore(world.clock)
    const cacheNameKey = newKey()
    const start = (options: Partial<TesouroTokensOptions>): ReturnType<typeof world.start> =>
      world.start({ cache: store.open(), ...options })
    const [one, same, plain, other] = [
      start({ cacheNameKey }),
      start({ cacheNameKey: cacheNameKey.toUpperCase() }),
      start({}),
      start({ cacheNameKey: newKey() }),
    ].map(({ tokens }) => tokens)
    const first = await one?.getUserAccessToken(user)
    expect(await same?.getUserAccessToken(user)).toEqual(first)
    expect(world.exchanges()).toBe(1)
    await plain?.getUserAccessToken(user)
    await other?.getUserAccessToken(user)
    expect(world.exchanges()).toBe(3)
    const subjects = store.namesAsked().map((name) => JSON.parse(name)[0])
    const variants = store.namesAsked().map((name) => JSON.parse(name)[1])
    expect([new Set(subjects).size, new Set(variants).size]).toEqual([3, 3])
    expect(await same?.forgetUser({ sub: user.sub })).toMatchObject({ forgotten: 1 })
    expect(await one?.getUserAccessToken(user)).not.toEqual(first)
  })
})

describe('tokens on a cache that is sealed at rest', () => {
  it('4 processes share one exchange, one refresh and one logout, and revoke what they had sealed', async () => {
    await using world = await openWorld()
    const store = new SharedStore(world.clock)
    const sealed: ((behind: TokenCache) => TokenCache)[] = [
      (behind) => encryptedTokenCache(behind, { keys }),
      (behind) => layeredTokenCache({ shared: encryptedTokenCache(behind, { keys }) }),
    ]
    const processes = [0, 1, 2, 3].map((n) =>
      world.start({
        cache: (sealed[n % 2] ?? ((behind) => behind))(store.open()),
        revocationPath: world.sandbox.revocationPath,
        timeouts: { attemptMs: 15_000, cacheMs: 2_000 },
      }),
    )
    const everywhere = (): Promise<string[]> =>
      atOnce(40, async (n) => {
        const tokens = processes[n % 4]?.tokens
        return (await tokens?.getUserAccessToken(user))?.accessToken ?? ''
      })
    const [before = ''] = await everywhere()
    expect(new Set(await everywhere())).toEqual(new Set([before]))
    expect(world.exchanges()).toBe(1)
    world.clock.pass(3_400_000)
    await everywhere()
    await Promise.all(processes.map(({ settled }) => settled()))
    expect(new Set(await everywhere()).size).toBe(1)
    expect(world.exchanges()).toBe(2)
    for (const value of store.values()) expect(value).toMatch(/^[\w-]+(\.[\w-]+){4}$/)
    const [current = ''] = await everywhere()
    expect(await processes[0]?.tokens.forgetUser({ sub: user.sub }, { revoke: true })).toEqual({
      forgotten: 1,
      revoked: 1,
      failed: 0,
    })
    expect(world.sandbox.openAccessToken(current)?.active).toBe(false)
    expect(await everywhere()).not.toContain(current)
  })

  it('a value that does not open costs an exchange, and an event says why', async () => {
    await using world = await openWorld()
    const store = new SharedStore(world.clock)
    const start = (key: string): ReturnType<typeof world.start> =>
      world.start({ cache: encryptedTokenCache(store.open(), { keys: [key] }) })
    const [one, other] = [start(newKey()), start(newKey())]
    await one.tokens.getUserAccessToken(user)
    await other.tokens.getUserAccessToken(user)
    expect(world.exchanges()).toBe(2)
    expect(other.events).toContainEqual({ type: 'cache_failure', operation: 'get', reason: 'unopened' })
    // What does not open is counted all the same: it may be a token that ought to be revoked.
    expect(await one.tokens.forgetUser({ sub: user.sub })).toMatchObject({ forgotten: 1 })
    expect(one.events).toContainEqual({ type: 'cache_failure', operation: 'forget', reason: 'unopened' })
  })

  it('outside of memory in front, it is neither guarded twice nor looked at only in front', async () => {
    await using world = await openWorld()
    const store = new SharedStore(world.clock)
    const options = (): Partial<TesouroTokensOptions> => ({
      cache: encryptedTokenCache(layeredTokenCache({ shared: store.open() }), { keys }),
    })
    const [one, other] = [world.start(options()), world.start(options())]
    for (const { tokens } of [one, other]) await tokens.getUserAccessToken(user)
    world.clock.pass(3_400_000)
    for (const { tokens, settled } of [one, other]) {
      await tokens.getUserAccessToken(user)
      await settled()
    }
    expect(world.exchanges()).toBe(2)
    store.failure = () => Promise.reject(new Error('down'))
    for (let n = 0; n < 8; n += 1) await one.tokens.getUserAccessToken(userOf(`x-${n}`))
    expect(await one.tokens.health()).toMatchObject({ cache: 'bypassed' })
    expect(one.events.filter(({ type }) => type === 'cache_guard')).toHaveLength(1)
  })
})
