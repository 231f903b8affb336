import { Buffer } from 'node:buffer'
import { createSecretKey } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { createTesouroTokens, signedSubjectToken, unsecuredSubjectToken } from '../../src/index.js'
import { fakeClock } from '../fake-clock.js'
import { validOptions, widgetSecret } from '../valid-options.js'
import { watchNodeCrypto } from '../watch-builtin.js'
import { openWidgetToken } from './open.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }
const key = createSecretKey(Buffer.alloc(32, 7))
const signed = signedSubjectToken({
  key,
  algorithm: 'HS256',
  issuer: 'https://bank.example',
  audience: ['a', 'b'],
})

describe('a minted widget token', () => {
  it('names the address without the space around it, as it is compared', async () => {
    const tokens = createTesouroTokens(validOptions({ subjectToken: signed }))
    const { widgetToken } = await tokens.mintWidgetToken({ ...user, email: ` ${user.email} ` })
    const { payload } = await openWidgetToken(widgetToken)
    expect(decodeJwt(String(payload.subject_token)).email).toBe(user.email)
  })

  it('opens with the widget secret and is the exchange request that the platform makes (RFC 8693 §2.1)', async () => {
    const clock = fakeClock(1_800_000_000_500)
    const tokens = createTesouroTokens(validOptions({ clock, subjectToken: signed }))
    const { widgetToken, exp } = await tokens.mintWidgetToken({
      ...user,
      claims: { organization: 'org-1', roles: ['viewer'] },
      requestParameters: { audience: 'bank', scope: 'a b' },
    })
    expect(widgetToken.split('.')).toHaveLength(5)
    const { payload, protectedHeader } = await openWidgetToken(widgetToken)
    expect(protectedHeader).toEqual({ alg: 'A256KW', enc: 'A256GCM' })
    const { subject_token, ...rest } = payload
    expect(rest).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: 'client-1',
      client_secret: 'canary-client-secret-61f0',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'bank',
      scope: 'a b',
      iat: 1_800_000_000,
      exp: 1_800_000_480,
    })
    expect(exp).toBe(1_800_000_480)
    const verified = await jwtVerify(subject_token as string, Buffer.alloc(32, 7), {
      currentDate: new Date(clock.now()),
    })
    const { jti, ...claims } = verified.payload
    expect(claims).toEqual({
      ...{ iss: 'https://bank.example', aud: ['a', 'b'], sub: 'u-1', email: 'u-1@bank.example' },
      ...{ organization: 'org-1', roles: ['viewer'], iat: 1_800_000_000, exp: 1_800_000_480 },
    })
    expect(jti).toMatch(/^[\w-]{22,}$/)
  })

  it('cannot be opened with another secret', async () => {
    const { widgetToken } = await createTesouroTokens(validOptions()).mintWidgetToken(user)
    await expect(openWidgetToken(widgetToken, widgetSecret.replace('0', '1'))).rejects.toThrow()
  })

  it('lives as long as the option says, and its subject token just as long', async () => {
    for (const widgetTokenLifetimeSeconds of [300, 600]) {
      const clock = fakeClock()
      const tokens = createTesouroTokens(validOptions({ clock, widgetTokenLifetimeSeconds }))
      const { widgetToken, exp } = await tokens.mintWidgetToken(user)
      const { payload } = await openWidgetToken(widgetToken)
      expect(exp).toBe(clock.now() / 1_000 + widgetTokenLifetimeSeconds)
      expect(decodeJwt(payload.subject_token as string).exp).toBe(exp)
    }
  })

  it('repeats no content key, IV or jti over 3,000 mints, and no byte of them stands still or only climbs', async () => {
    const tokens = createTesouroTokens(validOptions())
    const mints = 3_000
    const seen: { wrappedKey: Buffer; iv: Buffer; jti: string }[] = []
    while (seen.length < mints) {
      const { widgetToken } = await tokens.mintWidgetToken(user)
      const [, wrappedKey = '', iv = ''] = widgetToken.split('.')
      const { payload } = await openWidgetToken(widgetToken)
      seen.push({
        wrappedKey: Buffer.from(wrappedKey, 'base64url'),
        iv: Buffer.from(iv, 'base64url'),
        jti: String(decodeJwt(payload.subject_token as string).jti),
      })
    }
    expect(new Set(seen.map(({ jti }) => jti)).size).toBe(mints)
    for (const part of ['wrappedKey', 'iv'] as const) {
      const values = seen.map((token) => token[part])
      expect(new Set(values.map((value) => value.toString('hex'))).size).toBe(mints)
      const [first = Buffer.alloc(0)] = values
      expect(first).toHaveLength(part === 'iv' ? 12 : 40)
      for (let at = 0; at < first.length; at += 1) {
        const bytes = values.map((value) => value[at] ?? -1)
        expect(new Set(bytes).size, `${part} byte ${at}`).toBeGreaterThan(200)
        const climbs = bytes.filter((byte, index) => index > 0 && byte >= (bytes[index - 1] ?? 0)).length
        expect(climbs, `${part} byte ${at}`).toBeLessThan(mints * 0.6)
      }
    }
  })

  it('costs no import of the widget key after the first', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey')
    const byNode = watchNodeCrypto('createSecretKey')
    try {
      const tokens = createTesouroTokens(validOptions())
      for (let count = 0; count < 20; count += 1) await tokens.mintWidgetToken(user)
      const secret = Buffer.from(widgetSecret, 'hex')
      const imported: unknown[] = [
        ...importKey.mock.calls.map(([, bytes]) => bytes),
        ...byNode.mock.calls.map(([bytes]) => bytes),
      ]
      const imports = imported.filter(
        (bytes) => ArrayBuffer.isView(bytes) && secret.equals(bytes as Uint8Array),
      )
      expect(imports).toHaveLength(1)
    } finally {
      byNode[Symbol.dispose]()
      importKey.mockRestore()
    }
  })

  it('goes nowhere near the platform', async () => {
    const fetch = vi.fn()
    await createTesouroTokens(validOptions({ fetch })).mintWidgetToken(user)
    expect(fetch).not.toHaveBeenCalled()
  })

  it('is not minted for a caller who has gone', async () => {
    const create = vi.fn()
    const subjectToken = { ...unsecuredSubjectToken(), create }
    const reason = new Error('gone')
    const minting = createTesouroTokens(validOptions({ subjectToken })).mintWidgetToken(user, {
      signal: AbortSignal.abort(reason),
    })
    await expect(minting).rejects.toBe(reason)
    expect(create).not.toHaveBeenCalled()
  })

  it('says that it is unsecured only where that was chosen', async () => {
    const algOf = async (subjectToken: ReturnType<typeof unsecuredSubjectToken>) => {
      const { widgetToken } = await createTesouroTokens(validOptions({ subjectToken })).mintWidgetToken(user)
      const { payload } = await openWidgetToken(widgetToken)
      return decodeProtectedHeader(payload.subject_token as string).alg
    }
    expect(await algOf(unsecuredSubjectToken())).toBe('none')
    expect(await algOf(signed)).toBe('HS256')
  })
})
