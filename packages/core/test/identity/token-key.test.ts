import {
  createTesouroTokens,
  isTesouroTokensError,
  type TesouroTokensOptions,
  type TesouroUser,
  type TokenCache,
  type TokenKey,
} from '@tesouro-tokens/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { validOptions } from '../valid-options.js'

const alice: TesouroUser = { sub: 'alice', email: 'alice@bank.example' }
const answer = JSON.stringify({
  access_token: 'a',
  token_type: 'Bearer',
  expires_in: 60,
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
})
const fetch = async (): Promise<Response> =>
  new Response(answer, { headers: { 'content-type': 'application/json' } })

/** The name under which a user's token is looked for. */
async function nameOf(user: TesouroUser, options: Partial<TesouroTokensOptions> = {}): Promise<TokenKey> {
  const asked: TokenKey[] = []
  const cache: TokenCache = {
    local: true,
    get: async (key) => {
      asked.push(key)
      return { generation: 'g' }
    },
    set: async () => true,
    delete: async () => {},
    forget: async () => [],
  }
  const tokens = createTesouroTokens(validOptions({ cache, fetch, requestsPerSecond: false, ...options }))
  // The name is looked for before anything can be refused.
  await tokens.getUserAccessToken(user).catch((error: unknown) => {
    if (!isTesouroTokensError(error)) throw error
  })
  await tokens.close()
  const [key] = asked
  if (key === undefined) throw new Error('the cache was not asked')
  return { subject: key.subject, variant: key.variant }
}

it.each<[string, TesouroUser, TesouroUser]>([
  ['tenant', { ...alice, tenant: 'a' }, { ...alice, tenant: 'b' }],
  ['tenant, or none', { ...alice, tenant: 'a' }, alice],
  ['tenant, as the id', { ...alice, tenant: 'alice' }, { ...alice, tenant: 'bob' }],
  ['id', { ...alice, sub: 'a' }, { ...alice, sub: 'b' }],
  [
    'id and tenant, where the space moves',
    { ...alice, tenant: 'a', sub: 'b c' },
    { ...alice, tenant: 'a b', sub: 'c' },
  ],
  [
    'id and tenant, where quotes move',
    { ...alice, tenant: 'a","b', sub: 'c' },
    { ...alice, tenant: 'a', sub: 'b","c' },
  ],
])('two people who differ in %s share what is cached of a person', async (_, one, other) => {
  const [first, second] = [await nameOf(one), await nameOf(other)]
  expect(first.subject).not.toBe(second.subject)
})

it('people of two clients, or of two platforms, share what is cached of a person', async () => {
  const names = [
    await nameOf(alice),
    await nameOf(alice, { clientId: 'client-2' }),
    await nameOf(alice, { environment: 'production' }),
    await nameOf(alice, { cacheNameKey: 'ab'.repeat(32) }),
  ]
  expect(new Set(names.map(({ subject }) => subject)).size).toBe(names.length)
})

it.each<[string, Partial<TesouroUser>, Partial<TesouroUser>]>([
  ['address', { email: 'a@bank.example' }, { email: 'b@bank.example' }],
  ['a claim', { claims: { role: 'admin' } }, { claims: { role: 'viewer' } }],
  ['a claim, or none', { claims: { role: 'admin' } }, {}],
  ['a claim, deep inside', { claims: { a: { b: [1, { c: 2 }] } } }, { claims: { a: { b: [1, { c: 3 }] } } }],
  ['the order of a list', { claims: { roles: ['a', 'b'] } }, { claims: { roles: ['b', 'a'] } }],
  ['a request parameter', { requestParameters: { scope: 'a' } }, { requestParameters: { scope: 'b' } }],
  ['a request parameter, or none', { requestParameters: { scope: 'a' } }, {}],
  ['claim and request parameter', { claims: { scope: 'a' } }, { requestParameters: { scope: 'a' } }],
  ['a list and an object', { claims: { a: ['object'] } }, { claims: { a: {} } }],
  ['label', { variant: 'a' }, { variant: 'b' }],
  ['label, or none', { variant: 'a' }, {}],
])('two tokens of one person that differ in %s have one name', async (_, one, other) => {
  const first = await nameOf({ ...alice, ...one })
  const second = await nameOf({ ...alice, ...other })
  expect(first.subject).toBe(second.subject)
  expect(first.variant).not.toBe(second.variant)
})

it('the order in which members were written gives a token another name', async () => {
  const one = { claims: { a: 1, b: { c: 2, d: 3 } }, requestParameters: { e: 4, f: 5 } }
  const other = { claims: { b: { d: 3, c: 2 }, a: 1 }, requestParameters: { f: 5, e: 4 } }
  expect(await nameOf({ ...alice, ...one })).toEqual(await nameOf({ ...alice, ...other }))
})

it('two different people of any spelling share a name, or a name tells who it is', async () => {
  const id = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '')
  const person = fc.record({ sub: id, tenant: fc.option(id, { nil: undefined }) })
  await fc.assert(
    fc.asyncProperty(person, person, async (one, other) => {
      const [first, second] = [await nameOf({ ...alice, ...one }), await nameOf({ ...alice, ...other })]
      expect(first.subject === second.subject).toBe(one.sub === other.sub && one.tenant === other.tenant)
      expect(`${first.subject}${first.variant}`).toMatch(/^[0-9a-f]{128}$/)
    }),
    { numRuns: 200 },
  )
})

it('two users with texts of their own that are no JWT share a token', async () => {
  const part = (value: string): string => Buffer.from(value).toString('base64url')
  const texts = [
    'opaque-1',
    'opaque-2',
    'header.%%%.1',
    'header.%%%.2',
    `header.${part('["a list"]')}.1`,
    `header.${part('["a list"]')}.2`,
    `header.${part('null')}.1`,
    `header.${part(JSON.stringify({ pad: 'x'.repeat(9_000), jti: '1' }))}.s`,
    `header.${part(JSON.stringify({ pad: 'x'.repeat(9_000), jti: '2' }))}.s`,
  ]
  const names = await Promise.all(texts.map((subjectToken) => nameOf({ ...alice, subjectToken })))
  expect(new Set(names.map(({ variant }) => variant)).size).toBe(texts.length)
  const read = [1, 2].map((iat) => `header.${part(JSON.stringify({ role: 'owner', iat }))}.${iat}`)
  const [one, other] = await Promise.all(read.map((subjectToken) => nameOf({ ...alice, subjectToken })))
  expect(one).toEqual(other)
})

it.each([
  ['array', Array.prototype],
  ['object', Object.prototype],
])('a library that puts toJSON on every %s gives one name to everybody', async (_, prototype) => {
  const bob = { ...alice, sub: 'bob', claims: { roles: ['admin'] } }
  const expected = [await nameOf(alice), await nameOf(bob)]
  Object.defineProperty(prototype, 'toJSON', { value: () => 'x', configurable: true })
  try {
    expect([await nameOf(alice), await nameOf(bob)]).toEqual(expected)
  } finally {
    Reflect.deleteProperty(prototype, 'toJSON')
  }
})
