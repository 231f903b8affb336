import { Buffer } from 'node:buffer'
import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createJweEncrypter } from '../../src/crypto/node/encrypt.js'
import { createTesouroTokens, signedSubjectToken } from '../../src/index.js'
import { validOptions } from '../valid-options.js'
import { openWidgetToken } from '../widget-token/open.js'

describe('numbers that the standards print', () => {
  it('RFC 7516 A.1: text, content key, vector and header give another ciphertext or another tag', async () => {
    // Only the content encryption is compared: the example wraps its key by RSA, which the header says and jose obeys.
    const encrypt = createJweEncrypter(new Uint8Array(32), { alg: 'RSA-OAEP' }, () => ({
      contentKey: Uint8Array.of(
        ...[177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246],
        ...[138, 7, 110, 91, 112, 46, 34, 105, 47, 130, 203, 46, 122, 234, 64, 252],
      ),
      iv: Uint8Array.of(227, 197, 117, 252, 2, 219, 233, 68, 180, 225, 77, 219),
    }))
    const text = 'The true sign of intelligence is not knowledge but imagination.'
    const [header, , iv, ciphertext, tag] = (await encrypt(text)).split('.')
    expect({ header, iv, ciphertext, tag }).toEqual({
      header: 'eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ',
      iv: '48V1_ALb6US04U3b',
      ciphertext: '5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A',
      tag: 'XFBoMYUZodetZdvTiFvSkQ',
    })
  })
})

describe('keys that the standards print', () => {
  const keys = [
    [
      'RFC 7518 Appendix C, of Alice',
      {
        x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
        y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
        d: '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo',
      },
    ],
    [
      'RFC 7518 Appendix C, of Bob',
      {
        x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
        y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
        d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw',
      },
    ],
  ] as const

  it.each(keys)('%s signs so that the other half of it says no', async (_, { x, y, d }) => {
    const key = { kty: 'EC', crv: 'P-256', x, y, d }
    const tokens = createTesouroTokens(
      validOptions({ subjectToken: signedSubjectToken({ key, algorithm: 'ES256' }) }),
    )
    const { widgetToken } = await tokens.mintWidgetToken({ sub: 'u-1', email: 'u-1@bank.example' })
    const { payload } = await openWidgetToken(widgetToken)
    const [header, claims, signature = ''] = String(payload.subject_token).split('.')
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    const signed = Buffer.from(signature, 'base64url')
    const data = Buffer.from(`${header}.${claims}`)
    expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signed)).toBe(true)
    await tokens.close()
  })
})
