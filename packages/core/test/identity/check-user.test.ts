import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { checkForgetUser, checkUser } from '../../src/identity/check-user.js'
import {
  createTesouroTokens,
  InvalidUserError,
  signedSubjectToken,
  type TesouroUser,
} from '../../src/index.js'
import { leaked } from '../leaked.js'
import { rejectionOf, thrownBy, validOptions } from '../valid-options.js'
import { openWidgetToken } from '../widget-token/open.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }
const badTexts: [string, unknown][] = [
  ['missing', undefined],
  ['a number', 7],
  ['an object', { toString: () => 'canary' }],
  ['empty', ''],
  ['blank', ' \u00a0\t'],
  ['1,025 characters long', 'c'.repeat(1_025)],
  ['ill-formed at its end', 'canary\ud800'],
  ['ill-formed in the middle', 'canary\udc00canary'],
  ['of two lines', 'canary\r\nx-admin: 1'],
  ['with a NUL', 'canary\0'],
  ['with DEL', 'canary\u007f'],
  ['with a C1 control', 'canary\u0085'],
  ['with a line separator', 'canary\u2028'],
]

function refusalOf(given: unknown, tenant?: string): InvalidUserError {
  const error = thrownBy(() => checkUser(given, tenant))
  expect(error).toBeInstanceOf(InvalidUserError)
  expect(leaked(error, ['canary'])).toEqual([])
  return error as InvalidUserError
}

describe('a user that cannot be used', () => {
  it('is refused before anything is signed, by every call', async () => {
    const key = vi.fn()
    const fetch = vi.fn()
    const subjectToken = signedSubjectToken({ key, algorithm: 'ES256' })
    const tokens = createTesouroTokens(validOptions({ subjectToken, fetch }))
    const bad = { sub: '', email: 'u@bank.example' }
    const calls = [tokens.mintWidgetToken(bad), tokens.getUserAccessToken(bad), tokens.fetchAsUser(bad, '/x')]
    for (const call of [...calls, tokens.forgetUser(bad)]) {
      expect(await rejectionOf(call)).toMatchObject({ code: 'invalid_user', retryable: false })
    }
    expect(key).not.toHaveBeenCalled()
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each([undefined, null, 'canary', 7, () => user])('is none: %j', (given) => {
    expect(refusalOf(given).message).toContain('must be an object')
  })

  it.each([
    { userId: 'canary', userEmail: 'canary@bank.example' },
    { ...user, userId: 'canary' },
    { ...user, userEmail: undefined },
  ])('is the browser’s request body: %j', (given) => {
    expect(refusalOf(given).message).toContain("this looks like the browser's request body")
  })

  it('was not awaited', () => {
    expect(refusalOf(Promise.resolve(user)).message).toContain('await it')
  })

  it.each(badTexts)('has a sub, an email or a tenant that is %s', (_, text) => {
    expect(refusalOf({ ...user, sub: text }).message).toMatch(/^user\.sub /)
    expect(refusalOf({ ...user, email: text }).message).toMatch(/^user\.email /)
    if (text !== undefined) expect(refusalOf({ ...user, tenant: text }).message).toMatch(/^user\.tenant /)
  })

  it('belongs to another tenant, or to none', () => {
    expect(refusalOf({ ...user, tenant: 'canary' }, 'a').message).toContain('another tenant')
    expect(refusalOf(user, 'a').message).toContain('no tenant')
    expect(refusalOf({ ...user, tenant: 'A' }, 'a').message).toContain('another tenant')
    expect(checkUser({ ...user, tenant: 'a' }, 'a').tenant).toBe('a')
    expect(thrownBy(() => checkForgetUser({ sub: 'u', tenant: 'b' }, 'a'))).toBeInstanceOf(InvalidUserError)
  })

  it('throws when it is read', () => {
    const trap = {
      get sub() {
        throw new Error('canary')
      },
    }
    expect(refusalOf(trap).message).toContain('one of its members throws')
  })

  it.each([7, '', {}])('has a subject token of its own that is none: %j', (subjectToken) => {
    expect(refusalOf({ ...user, subjectToken }).message).toContain('user.subjectToken')
  })
})

const reserved = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'email', 'act', 'may_act']
const reservedParameters = [
  'grant_type',
  'client_id',
  'client_secret',
  'subject_token',
  'subject_token_type',
  'iat',
  'exp',
]

describe('extra claims and request parameters', () => {
  it.each([...reserved, ...reservedParameters])(
    'may not replace %s, and it is not dropped silently',
    (name) => {
      for (const where of ['claims', 'requestParameters']) {
        const { message } = refusalOf({ ...user, [where]: { [name]: 'canary' } })
        expect(message).toBe(`user.${where} may not hold ${name}: that name is reserved`)
      }
    },
  )

  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  const manyTimes = (count: number): unknown => (count === 0 ? 1 : [manyTimes(count - 1)])
  const notJson: [string, unknown][] = [
    ['a function', { a: () => 'canary' }],
    ['a toJSON', { toJSON: () => ({ sub: 'canary' }) }],
    ['undefined', { a: undefined }],
    ['a symbol', { a: Symbol('canary') }],
    ['a member named by a symbol', { [Symbol('canary')]: 1 }],
    ['NaN', { a: Number.NaN }],
    ['infinity', { a: Number.NEGATIVE_INFINITY }],
    ['a BigInt', { a: 1n }],
    ['a date', { a: new Date(0) }],
    ['a map', { a: new Map([['canary', 1]]) }],
    ['an instance', { a: new (class Canary {})() }],
    ['bytes', { a: new Uint8Array(3) }],
    ['a boxed text', { a: Object('canary') }],
    ['a hole in a list', { a: new Array(3) }],
    ['a cycle', cycle],
    ['17 levels', { a: manyTimes(17) }],
    ['__proto__', JSON.parse('{"__proto__": {"admin": true}}')],
    ['__proto__ further down', JSON.parse('{"a": [{"__proto__": {"admin": true}}]}')],
    ['half a surrogate pair', { a: 'canary\ud800' }],
    ['a name with half a surrogate pair', { 'canary\udc00': 1 }],
    ['no name', { '': 1 }],
    ['a list', [1]],
    ['text', 'canary'],
    ['an array of a billion', { a: new Array(1e9) }],
  ]
  it.each(notJson)('are refused when they hold or are %s', (_, value) => {
    for (const where of ['claims', 'requestParameters']) {
      expect(refusalOf({ ...user, [where]: value }).message).toMatch(new RegExp(`^user\\.${where} `))
    }
    expect(Reflect.get({}, 'admin')).toBeUndefined()
  })

  it('are refused above 2 KiB together, and taken up to it', () => {
    const half = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) })
    expect(
      checkUser({ ...user, claims: half(1_024), requestParameters: half(1_024) }, undefined),
    ).toBeDefined()
    expect(refusalOf({ ...user, claims: half(1_025), requestParameters: half(1_024) }).message).toContain(
      '2 KiB',
    )
    expect(refusalOf({ ...user, claims: { a: 'é'.repeat(1_100) } }).message).toContain('2 KiB')
  })

  it('are taken from another realm, as test runners and vm contexts have them', () => {
    const claims: unknown = runInNewContext('({ organization: { id: [1, "a", null, true] } })')
    expect(checkUser({ ...user, claims }, undefined).claims).toEqual({
      organization: { id: [1, 'a', null, true] },
    })
  })

  it('are copied and frozen at every depth: what the caller changes later reaches nothing', () => {
    const claims = { organization: { ids: ['a'] } }
    const checked = checkUser({ ...user, claims }, undefined)
    claims.organization.ids.push('b')
    expect(checked.claims).toEqual({ organization: { ids: ['a'] } })
    const organization = checked.claims?.organization as { ids: unknown } | undefined
    expect(Object.isFrozen(organization?.ids)).toBe(true)
  })

  it('are read once: a getter cannot answer differently the second time', () => {
    const answers = ['viewer', 'admin']
    const claims = Object.defineProperty({}, 'role', { enumerable: true, get: () => answers.shift() })
    expect(checkUser({ ...user, claims }, undefined).claims).toEqual({ role: 'viewer' })
  })
})

describe('an awkward user', () => {
  const text = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 60 })
    .filter((value) => value.trim() !== '' && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value))

  it('either arrives in the subject token exactly as given, or is refused', async () => {
    const tokens = createTesouroTokens(validOptions())
    await fc.assert(
      fc.asyncProperty(text, text, fc.dictionary(text, fc.jsonValue()), async (sub, email, claims) => {
        const given = { sub, email, claims } as TesouroUser
        const minted = await tokens.mintWidgetToken(given).catch((error: unknown) => error)
        if (minted instanceof InvalidUserError) {
          expect(minted.message).toMatch(/^user\.claims /)
          return
        }
        const { payload } = await openWidgetToken((minted as { widgetToken: string }).widgetToken)
        const [, part = ''] = String(payload.subject_token).split('.')
        const { iat, exp, jti, ...rest } = JSON.parse(Buffer.from(part, 'base64url').toString())
        expect(rest).toEqual(JSON.parse(JSON.stringify({ ...claims, sub, email })))
      }),
      { numRuns: 300, seed: 20_261_122 },
    )
  })
})
