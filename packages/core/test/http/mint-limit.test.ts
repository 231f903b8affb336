import { createTesouroTokens, createWidgetTokenHandler, type TesouroUser } from '@tesouro-tokens/core'
import { expect, onTestFinished, test } from 'vitest'
import { fakeClock } from '../fake-clock.js'
import { SharedLimits } from '../limits/shared-limits.js'
import { validOptions } from '../valid-options.js'
import { FakeTokens } from './fake-tokens.js'
import { alice, json } from './post.js'

test('one user who asks too often takes nothing from another, nor from a namesake in another tenant', async () => {
  let user: TesouroUser = alice
  const tokens = new FakeTokens()
  const handle = createWidgetTokenHandler<undefined>({
    tokens,
    getUser: () => user,
    mintLimit: { perMinute: 2 },
  })
  const status = async (): Promise<number> =>
    (await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })).status
  expect([await status(), await status(), await status()]).toEqual([200, 200, 429])
  user = { sub: 'bob', email: 'bob@example.com' }
  expect(await status()).toBe(200)
  user = { ...alice, tenant: 'other' }
  expect(await status()).toBe(200)
  user = alice
  const refused = await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })
  expect(refused.status).toBe(429)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60)
  expect(tokens.mintedFor.length).toBe(4)
})

test('a page that shows another user neither uses up the limit nor is told to wait', async () => {
  const handle = createWidgetTokenHandler<undefined>({
    tokens: new FakeTokens(),
    getUser: () => alice,
    mintLimit: { perMinute: 1 },
  })
  const status = async (userId: string): Promise<number> =>
    (await handle({ method: 'POST', host: 'x', request: undefined, ...json({ userId }) })).status
  const statuses: number[] = []
  for (const userId of ['bob', 'bob', 'alice', 'alice', 'bob']) statuses.push(await status(userId))
  expect(statuses).toEqual([403, 403, 200, 429, 403])
})

test('the default limit is 30 a minute, and false switches it off', async () => {
  for (const [mintLimit, allowed] of [
    [undefined, 30],
    [false, 100],
  ] as const) {
    const tokens = new FakeTokens()
    const handle = createWidgetTokenHandler<undefined>({ tokens, getUser: () => alice, mintLimit })
    for (let i = 0; i < 100; i++) await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })
    expect(tokens.mintedFor.length).toBe(allowed)
  }
})

test('a store of mint limits is not asked, or one that fails costs somebody a token', async () => {
  const store = new SharedLimits()
  const open = (countedAs?: string): (() => Promise<number>) => {
    const tokens = createTesouroTokens(validOptions({ limitStore: store, timeouts: { cacheMs: 10_000 } }))
    onTestFinished(() => tokens.close())
    const options = { tokens, getUser: () => alice, mintLimit: { perMinute: 2 } }
    const handle = createWidgetTokenHandler<undefined>(options, { countedAs })
    return async () => (await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })).status
  }
  const [one, other, page] = [open(), open(), open('page')]
  expect([await one(), await other(), await one(), await other()]).toEqual([200, 200, 429, 429])
  expect(await page()).toBe(200)
  store.failure = () => Promise.reject(new Error('down'))
  expect([await one(), await one(), await one(), await other()]).toEqual([200, 200, 429, 200])
  for (const key of store.keys) expect(key).toMatch(/^[0-9a-f]{64}$/)
})

test('a user’s name in a shared store can be found by guessing although names have a key', async () => {
  const names = new Set<string>()
  for (const cacheNameKey of [undefined, 'a1'.repeat(32), 'b2'.repeat(32)]) {
    const store = new SharedLimits()
    const tokens = createTesouroTokens(validOptions({ limitStore: store, cacheNameKey }))
    onTestFinished(() => tokens.close())
    const handle = createWidgetTokenHandler<undefined>({ tokens, getUser: () => alice })
    await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })
    for (const key of store.keys) names.add(key)
  }
  expect(names.size).toBe(3)
})

test('a mint limit goes by another clock than that of the tokens, or keeps whom it has counted for ever', async () => {
  const clock = fakeClock()
  const tokens = createTesouroTokens(validOptions({ clock }))
  onTestFinished(() => tokens.close())
  let user = alice
  const handle = createWidgetTokenHandler<undefined>({
    tokens,
    getUser: () => user,
    mintLimit: { perMinute: 1 },
  })
  const status = async (): Promise<number> =>
    (await handle({ method: 'POST', host: 'x', headers: {}, request: undefined })).status
  expect([await status(), await status()]).toEqual([200, 429])
  clock.advance(30_000)
  user = { ...alice, sub: 'bob' }
  expect(await status()).toBe(200)
  clock.advance(30_000)
  expect(await status()).toBe(429)
  user = alice
  expect([await status(), await status()]).toEqual([200, 429])
})

test('options whose mint limit has a store of its own are taken', () => {
  const mintLimit = { perMinute: 2, store: new SharedLimits() }
  expect(() =>
    createWidgetTokenHandler({ tokens: new FakeTokens(), getUser: () => alice, mintLimit }),
  ).toThrow('give createTesouroTokens the option limitStore')
})
