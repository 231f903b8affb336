import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult, randomBytes } from 'node:crypto'
import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  type ExternallySignedSubjectTokenOptions,
  type SubjectTokenAlgorithm,
  type SubjectTokenSignFunction,
  signedSubjectToken,
} from '../../src/index.js'
import { thrownBy } from '../valid-options.js'
import { ec, ec384, ed, failureOf, mint, rsa, signature, signerOf, tokensWith, user } from './kms.js'

describe('a signature', () => {
  const others: [string, SubjectTokenAlgorithm, SubjectTokenSignFunction, KeyPairKeyObjectResult][] = [
    ['of another EC key', 'ES256', signerOf('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })), ec],
    [
      'over a digest of the digest',
      'ES256',
      (data) =>
        signerOf('ES256', ec)(createHash('sha256').update(data).digest(), { signal: AbortSignal.timeout(1) }),
      ec,
    ],
    ['of PKCS #1 where PSS was agreed', 'PS256', signerOf('RS256', rsa), rsa],
    [
      'of another RSA key',
      'RS256',
      signerOf('RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })),
      rsa,
    ],
    ['of another Ed25519 key', 'EdDSA', signerOf('EdDSA', generateKeyPairSync('ed25519')), ed],
  ]
  it.each(others)('%s is sent', async (_name, algorithm, sign, { publicKey }) => {
    const tokens = tokensWith({ algorithm, sign, publicKey })
    const expected = {
      code: 'configuration',
      message: expect.stringMatching(
        /^signedSubjectToken sign: its signature does not fit publicKey: another key/,
      ),
      retryable: false,
    }
    expect(await failureOf(tokens.mintWidgetToken(user))).toEqual(expected)
    expect(await failureOf(tokens.ready())).toEqual(expected)
  })

  const der = signature('ES256', ec, randomBytes(8), 'der')
  const bad: [string, SubjectTokenAlgorithm, unknown, RegExp][] = [
    ['as base64', 'ES256', der.toString('base64'), /returned text: decode the base64/],
    ['as nothing', 'ES256', undefined, /returned no bytes/],
    ['as an answer around it', 'ES256', { Signature: der }, /returned no bytes/],
    ['of no bytes', 'ES256', new Uint8Array(), /returned no ES256 signature/],
    ['in DER that is cut', 'ES256', der.subarray(0, -1), /returned no ES256 signature/],
    ['in DER with a tail', 'ES256', Buffer.concat([der, Buffer.from([0])]), /returned no ES256 signature/],
    [
      'in DER of another curve',
      'ES256',
      signature('ES384', ec384, randomBytes(8), 'der'),
      /returned no ES256/,
    ],
    ['of another curve', 'ES384', signature('ES256', ec, randomBytes(8), 'ieee-p1363'), /returned no ES384/],
    ['of 128 bytes for RSA', 'RS256', new Uint8Array(128), /returned 128 bytes, which is no RS256 signature/],
    [
      'of 63 bytes for Ed25519',
      'EdDSA',
      new Uint8Array(63),
      /returned 63 bytes, which is no EdDSA signature/,
    ],
    ['of 64 bytes for HS256', 'HS256', new Uint8Array(64), /returned 64 bytes, which is no HS256 signature/],
    ['negative', 'ES256', Uint8Array.of(0x30, 6, 2, 1, 0x81, 2, 1, 1), /returned no ES256 signature/],
    ['of zero bytes of numbers', 'ES256', Uint8Array.of(0x30, 4, 2, 0, 2, 0), /returned no ES256 signature/],
    ['of an endless length', 'ES256', Uint8Array.of(0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0), /returned no ES256/],
  ]
  it.each(bad)('%s is taken', async (_name, algorithm, answer, message) => {
    const tokens = tokensWith({ algorithm, sign: () => answer as Uint8Array })
    const failure = await failureOf(tokens.mintWidgetToken(user))
    expect(failure).toMatchObject({ code: 'configuration', retryable: false })
    expect(failure.message).toMatch(message)
  })

  it('in an ArrayBuffer, or in a view into a larger one, is refused', async () => {
    for (const form of ['buffer', 'view'] as const) {
      const sign: SubjectTokenSignFunction = (data) => {
        const made = signature('ES256', ec, data, 'ieee-p1363')
        const copy = Uint8Array.from([9, ...made, 9])
        return form === 'view' ? copy.subarray(1, -1) : Uint8Array.from(made).buffer
      }
      await jwtVerify(await mint(tokensWith({ sign })), ec.publicKey)
    }
  })

  it('is checked more often than until one was right', async () => {
    let first = true
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const sign: SubjectTokenSignFunction = (data) => {
      const pair = first ? ec : stranger
      first = false
      return signature('ES256', pair, data, 'der')
    }
    const tokens = tokensWith({ sign, publicKey: ec.publicKey })
    await mint(tokens)
    await mint(tokens)
  })
})

describe('options of a key that stays in a KMS', () => {
  const publicPem = ec.publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const sign = signerOf('ES256', ec)

  it.each([
    ['PEM', publicPem],
    ['a JWK', ec.publicKey.export({ format: 'jwk' })],
    ['a KeyObject', ec.publicKey],
  ])('refuse a public key as %s', async (_name, publicKey) => {
    await tokensWith({ sign, publicKey: publicKey as string }).ready()
  })

  it.each<[string, object, RegExp]>([
    ['a key beside sign', { key: 'x' }, /^signedSubjectToken key: is given together with sign/],
    [
      'a maximal age',
      { keyMaxAgeSeconds: 1 },
      /^signedSubjectToken keyMaxAgeSeconds: is given together with sign/,
    ],
    ['a sign that is no function', { sign: 'arn:aws:kms' }, /^signedSubjectToken sign: must be a function/],
    ['no algorithm', { algorithm: undefined }, /^signedSubjectToken algorithm: is missing/],
    ['a private key as the public one', { publicKey: ec.privateKey }, /publicKey: is no public key/],
    ['a private JWK', { publicKey: ec.privateKey.export({ format: 'jwk' }) }, /publicKey: is no public key/],
    ['private PEM', { publicKey: '-----BEGIN PRIVATE KEY-----' }, /publicKey: is no public key/],
    [
      'a certificate',
      { publicKey: '-----BEGIN CERTIFICATE-----' },
      /publicKey: must be PEM that begins with/,
    ],
    ['a number', { publicKey: 7 }, /publicKey: must be PEM, a JWK/],
    ['a public key for HS256', { algorithm: 'HS256', publicKey: publicPem }, /publicKey: is of no use/],
  ])('take %s', (_name, options, message) => {
    const error = thrownBy(() =>
      signedSubjectToken({ algorithm: 'ES256', sign, ...options } as ExternallySignedSubjectTokenOptions),
    )
    expect(error).toMatchObject({ code: 'configuration', message: expect.stringMatching(message) })
  })

  it('take a public key that is damaged, or for another algorithm', async () => {
    for (const publicKey of [publicPem.slice(0, -60), rsa.publicKey.export({ format: 'jwk' })]) {
      const failure = await failureOf(tokensWith({ sign, publicKey: publicKey as string }).ready())
      expect(failure).toMatchObject({ code: 'configuration', retryable: false })
      expect(failure.message).toMatch(/publicKey/)
    }
  })
})
