import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { exportJWK, type JWK, jwtVerify } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { createTesouroTokens, signedSubjectToken } from '../../src/index.js'
import { fakeClock } from '../fake-clock.js'
import { leaked } from '../leaked.js'
import { rejectionOf, validOptions } from '../valid-options.js'
import { openWidgetToken } from '../widget-token/open.js'

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const secret = randomBytes(64)
const user = { sub: 'u-1', email: 'u-1@bank.example' }

const pemOf = ({ privateKey }: typeof ec): string =>
  privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const jwkOf = ({ privateKey }: typeof ec): JWK => privateKey.export({ format: 'jwk' }) as JWK

describe('a key function', () => {
  it('is asked once, and again in the background when its answer is old', async () => {
    const clock = fakeClock()
    const keys = [ec, generateKeyPairSync('ec', { namedCurve: 'P-256' })]
    const key = vi.fn(async () => pemOf(keys[Math.min(key.mock.calls.length, 2) - 1] ?? ec))
    const subjectToken = signedSubjectToken({ key, algorithm: 'ES256', keyMaxAgeSeconds: 60 })
    const waits: Promise<unknown>[] = []
    const tokens = createTesouroTokens(
      validOptions({ clock, subjectToken, waitUntil: (work) => waits.push(work) }),
    )
    const verifiedBy = async (pair: typeof ec | undefined) => {
      const { payload } = await openWidgetToken((await tokens.mintWidgetToken(user)).widgetToken)
      const currentDate = new Date(clock.now())
      return jwtVerify(String(payload.subject_token), pair?.publicKey ?? ec.publicKey, { currentDate })
    }
    await Promise.all(Array.from({ length: 20 }, () => verifiedBy(keys[0])))
    clock.advance(59_000)
    await verifiedBy(keys[0])
    expect(key).toHaveBeenCalledTimes(1)
    clock.advance(2_000)
    await verifiedBy(keys[0])
    expect(waits).toHaveLength(1)
    await Promise.all(waits)
    await verifiedBy(keys[1])
    expect(key).toHaveBeenCalledTimes(2)
  })

  it('that throws gives a retryable error without its words, and is asked again', async () => {
    const key = vi.fn(async () => pemOf(ec)).mockRejectedValueOnce(new Error('canary-vault-path'))
    const tokens = createTesouroTokens(
      validOptions({ subjectToken: signedSubjectToken({ key, algorithm: 'ES256' }) }),
    )
    const error = await rejectionOf(tokens.mintWidgetToken(user))
    expect(error).toMatchObject({ code: 'configuration', retryable: true })
    expect(leaked(error, ['canary'])).toEqual([])
    await expect(tokens.mintWidgetToken(user)).resolves.toBeDefined()
  })
})

describe('a source', () => {
  it('shows no part of its key when it is printed', async () => {
    const jwk = { ...jwkOf(ec) }
    const source = signedSubjectToken({ key: jwk, algorithm: 'ES256' })
    await source.ready({ clock: fakeClock() })
    const { d = '' } = (await exportJWK(ec.privateKey)) as { d?: string }
    expect(d).not.toBe('')
    expect(leaked(source, [d])).toEqual([])
    const other = signedSubjectToken({ key: new Uint8Array(secret), algorithm: 'HS256' })
    expect(inspect(other, { depth: 9, showHidden: true })).not.toContain(
      `${secret[0]}, ${secret[1]}, ${secret[2]}`,
    )
  })
})
