import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { checkUser } from '../../src/identity/check-user.js'
import {
  createTesouroTokens,
  SubjectTokenError,
  subjectTokenFrom,
  type TesouroTokensOptions,
  type TesouroUser,
  unsecuredSubjectToken,
} from '../../src/index.js'
import { createSubjectToken } from '../../src/subject-token/create-subject-token.js'
import { fakeClock } from '../fake-clock.js'
import { leaked } from '../leaked.js'
import { rejectionOf, thrownBy, validOptions } from '../valid-options.js'
import { openWidgetToken } from '../widget-token/open.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }
const clock = fakeClock(1_800_000_000_000)
const now = 1_800_000_000
const good = { ...user, exp: now + 400, iat: now }

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const signed = (claims: object): Promise<string> =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32))
const withHeader = (header: unknown, signature = 'c2lnbmF0dXJl'): string =>
  `${encode(header)}.${encode(good)}.${signature}`

async function mint(token: unknown, options: Partial<TesouroTokensOptions> = {}) {
  const subjectToken = subjectTokenFrom(async () => token as string)
  return createTesouroTokens(validOptions({ clock, subjectToken, ...options })).mintWidgetToken(user)
}

async function refusalOf(minting: unknown): Promise<SubjectTokenError> {
  const error = await rejectionOf(minting)
  expect(error).toBeInstanceOf(SubjectTokenError)
  return error as SubjectTokenError
}

describe('a subject token that was made elsewhere', () => {
  it('is passed on as it is, and the widget token ends with the shorter of both lives', async () => {
    const token = await signed(good)
    const { widgetToken, exp } = await mint(token)
    expect(exp).toBe(now + 400)
    const { payload } = await openWidgetToken(widgetToken)
    expect(payload).toMatchObject({ subject_token: token, iat: now, exp: now + 400 })
    expect((await mint(await signed({ ...good, exp: now + 3_600 }))).exp).toBe(now + 480)
  })

  it('may write the address in other ASCII case, and in no other way', async () => {
    await expect(mint(await signed({ ...good, email: 'U-1@Bank.Example' }))).resolves.toBeDefined()
    // the Kelvin sign is a K in lower case only where Unicode decides
    const kelvin = { ...user, email: 'k@bank.example' }
    const subjectToken = subjectTokenFrom(() => signed({ ...good, email: '\u212a@bank.example' }))
    const minting = createTesouroTokens(validOptions({ clock, subjectToken })).mintWidgetToken(kelvin)
    expect((await refusalOf(minting)).message).toContain('email')
  })

  const refused: [string, unknown, string][] = [
    ['another user', () => signed({ ...good, sub: 'canary-u-2' }), "sub that is not the user's"],
    ['the user in other case', () => signed({ ...good, sub: 'U-1' }), "sub that is not the user's"],
    [
      'another address',
      () => signed({ ...good, email: 'canary@bank.example' }),
      "email that is not the user's",
    ],
    ['no sub', () => signed({ ...good, sub: undefined }), 'sub'],
    ['a sub that is a number', () => signed({ ...good, sub: 1 as unknown as string }), 'sub'],
    ['no email', () => signed({ ...good, email: undefined }), 'email'],
    ['a list of addresses', () => signed({ ...good, email: [user.email] }), 'email'],
    ['no exp', () => signed({ ...user }), 'exp'],
    ['an exp of text', () => withPayload({ ...good, exp: String(good.exp) }), 'exp'],
    ['an exp in milliseconds', () => withPayload({ ...good, exp: good.exp * 1_000 }), 'milliseconds'],
    ['299 s to live', () => signed({ ...good, exp: now + 299 }), 'expires too soon: 300 s'],
    ['its life behind it', () => signed({ ...good, exp: now - 1 }), 'expires too soon'],
    ['its life still to come', () => signed({ ...good, nbf: now + 61 }), 'not valid yet'],
    ['an nbf of text', () => withPayload({ ...good, nbf: 'now' }), 'nbf'],
    ['no algorithm', () => withHeader({}), 'no header with an alg'],
    ['an algorithm that is a list', () => withHeader({ alg: ['HS256'] }), 'no header with an alg'],
    ['no signature', () => withHeader({ alg: 'HS256' }, ''), 'no signature'],
    ['more than 8 KiB', () => signed({ ...good, more: 'x'.repeat(8_192) }), 'larger than 8 KiB'],
    ['five parts', () => 'a.b.c.d.e', 'not a JWT in compact form'],
    ['two parts', () => 'a.b', 'not a JWT in compact form'],
    ['padding', async () => `${await signed(good)}=`, 'not a JWT in compact form'],
    ['white space around it', async () => ` ${await signed(good)}`, 'not a JWT in compact form'],
    ['a header that is no JSON', () => `${encode('canary')}.${encode(good)}.c2ln`, 'not base64url of JSON'],
    [
      'claims that are no JSON',
      () => `${encode({ alg: 'HS256' })}.${encode('canary')}.c2ln`,
      'not base64url of JSON',
    ],
    ['claims that are a list', () => withPayload([good]), 'claims'],
    ['claims that are null', () => withPayload(null), 'claims'],
    ['nothing at all', () => undefined, 'is not a string'],
    ['an object', () => ({ token: 'canary' }), 'is not a string'],
    ['an empty text', () => '', 'not a JWT in compact form'],
  ]
  it.each(refused)('is refused when it has %s', async (_, make, words) => {
    const token = await (make as () => unknown)()
    const error = await refusalOf(mint(token))
    expect(error.retryable).toBe(false)
    expect(error.message).toContain(words)
    const parts = typeof token === 'string' ? token.split('.').filter((part) => part.length > 8) : []
    expect(leaked(error, ['canary', ...parts])).toEqual([])
  })

  const spellings = [
    'none',
    'None',
    'NONE',
    'nOnE',
    ' none',
    'none ',
    'none\u0000',
    '\uff4e\uff4f\uff4e\uff45',
    'no-ne',
  ]
  it.each(spellings)('is refused when its alg is %j, with a signature and without', async (alg) => {
    for (const signature of ['', 'c2ln']) {
      expect((await refusalOf(mint(withHeader({ alg }, signature)))).message).toContain(
        'unsecured (alg none)',
      )
    }
  })

  it('tolerates clocks that are 60 s apart for nbf', async () => {
    await expect(mint(await signed({ ...good, nbf: now + 60 }))).resolves.toBeDefined()
  })

  it('needs 30 s to live for an exchange, and no more than a demo’s short life for a widget token', async () => {
    const request = {
      source: subjectTokenFrom(() => signed({ ...good, exp: now + 30 })),
      user: checkUser(user, undefined),
      lifetimeSeconds: 300,
      clock,
      signal: new AbortController().signal,
    }
    await expect(createSubjectToken({ ...request, purpose: 'exchange' })).resolves.toMatchObject({
      exp: now + 30,
    })
    const late = { ...request, source: subjectTokenFrom(() => signed({ ...good, exp: now + 29 })) }
    await refusalOf(createSubjectToken({ ...late, purpose: 'exchange' }))
    const demo = { environment: undefined, baseUrl: 'http://127.0.0.1:9', widgetTokenLifetimeSeconds: 10 }
    await expect(mint(await signed({ ...good, exp: now + 10 }), demo)).resolves.toMatchObject({
      exp: now + 10,
    })
  })
})

function withPayload(payload: unknown): string {
  return `${encode({ alg: 'HS256' })}.${encode(payload)}.c2ln`
}

describe('the user’s own subject token', () => {
  const mintFor = (own: Partial<TesouroUser>, options: Partial<TesouroTokensOptions> = {}) =>
    createTesouroTokens(validOptions({ clock, ...options })).mintWidgetToken({ ...user, ...own })

  it('wins over the source, as text and from a function', async () => {
    const provider = vi.fn()
    const token = await signed(good)
    for (const subjectToken of [token, () => token, async () => token]) {
      const { widgetToken } = await mintFor({ subjectToken }, { subjectToken: subjectTokenFrom(provider) })
      expect((await openWidgetToken(widgetToken)).payload.subject_token).toBe(token)
    }
    expect(provider).not.toHaveBeenCalled()
  })

  it('is enough without any source', async () => {
    await expect(
      mintFor({ subjectToken: await signed(good) }, { subjectToken: undefined }),
    ).resolves.toBeDefined()
  })

  it('is checked like any other', async () => {
    const error = await refusalOf(mintFor({ subjectToken: await signed({ ...good, sub: 'u-2' }) }))
    expect(error.message).toContain('sub')
  })

  it('may be unsecured only where unsecured ones were chosen', async () => {
    const subjectToken = new UnsecuredJWT(good).encode()
    await expect(mintFor({ subjectToken }, { subjectToken: unsecuredSubjectToken() })).resolves.toBeDefined()
    await refusalOf(mintFor({ subjectToken }, { subjectToken: undefined }))
    await refusalOf(mintFor({ subjectToken }, { subjectToken: subjectTokenFrom(() => '') }))
    await refusalOf(mintFor({ subjectToken: withHeader({ alg: 'none' }) }))
    await refusalOf(mintFor({ subjectToken: withHeader({ alg: 'None' }, '') }))
  })

  it('is never shown when its function throws it', async () => {
    const subjectToken = async (): Promise<string> => {
      throw new Error('canary-own-token')
    }
    const error = await refusalOf(mintFor({ subjectToken }))
    expect(error.retryable).toBe(true)
    expect(leaked(error, ['canary'])).toEqual([])
  })
})

describe('a provider of subject tokens', () => {
  it('is shown a copy of the user without the user’s own token, and the purpose', async () => {
    const provider = vi.fn(async (shown: object, _context: object) =>
      signed({ ...good, sub: Reflect.get(shown, 'sub') }),
    )
    await mint('', { subjectToken: subjectTokenFrom(provider) })
    const [shown = {}, context = {}] = provider.mock.calls[0] ?? []
    expect(shown).toEqual({ ...user, tenant: undefined, claims: undefined, requestParameters: undefined })
    expect(Object.keys(context).sort()).toEqual(['purpose', 'signal'])
    expect(context).toMatchObject({ purpose: 'widget' })
  })

  it('that throws gives a retryable error without its words', async () => {
    const subjectToken = subjectTokenFrom(() => {
      throw new Error('canary-provider')
    })
    const error = await refusalOf(mint('', { subjectToken }))
    expect(error.retryable).toBe(true)
    expect(leaked(error, ['canary'])).toEqual([])
  })

  it('that hangs is given up at the deadline, and told to stop', async () => {
    let told: AbortSignal | undefined
    const source = subjectTokenFrom((_, { signal }) => {
      told = signal
      return new Promise(() => {})
    })
    const request = {
      source,
      user: checkUser(user, undefined),
      purpose: 'exchange' as const,
      lifetimeSeconds: 300,
    }
    const { signal } = new AbortController()
    const error = await refusalOf(createSubjectToken({ ...request, clock, call: { signal }, deadlineMs: 5 }))
    expect(error).toMatchObject({
      retryable: true,
      message: expect.stringContaining('returned nothing within'),
    })
    expect(told?.aborted).toBe(true)
  })

  it('that hangs does not hold a caller who goes away', async () => {
    const subjectToken = subjectTokenFrom(() => new Promise(() => {}))
    const tokens = createTesouroTokens(validOptions({ clock, subjectToken }))
    const caller = new AbortController()
    const minting = tokens.mintWidgetToken(user, { signal: caller.signal })
    const reason = new Error('gone')
    caller.abort(reason)
    await expect(minting).rejects.toBe(reason)
  })

  it('must be a function', () => {
    expect(thrownBy(() => subjectTokenFrom('token' as never))).toMatchObject({ code: 'configuration' })
  })
})
