import { Buffer } from 'node:buffer'
import { createPublicKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { type JWK, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  ConfigurationError,
  createTesouroTokens,
  type SignedSubjectTokenOptions,
  type SubjectTokenAlgorithm,
  type SubjectTokenKey,
  signedSubjectToken,
} from '../../src/index.js'
import { fakeClock } from '../fake-clock.js'
import { leaked } from '../leaked.js'
import { rejectionOf, thrownBy, validOptions } from '../valid-options.js'
import { openWidgetToken } from '../widget-token/open.js'

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ec384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const ec521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ed = generateKeyPairSync('ed25519')
// One in 256 random keys begins with a brace, as JSON does.
const secret = Buffer.concat([Buffer.from('{'), randomBytes(62), Buffer.from([0x80])])
const user = { sub: 'u-1', email: 'u-1@bank.example' }

const pemOf = ({ privateKey }: typeof ec): string =>
  privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const jwkOf = ({ privateKey }: typeof ec): JWK => privateKey.export({ format: 'jwk' }) as JWK

async function subjectTokenBy(options: SignedSubjectTokenOptions): Promise<string> {
  const tokens = createTesouroTokens(validOptions({ subjectToken: signedSubjectToken(options) }))
  const { widgetToken } = await tokens.mintWidgetToken(user)
  return String((await openWidgetToken(widgetToken)).payload.subject_token)
}

function problemsOf(options: object): readonly string[] {
  const error = thrownBy(() => signedSubjectToken(options as SignedSubjectTokenOptions))
  expect(error).toBeInstanceOf(ConfigurationError)
  return (error as ConfigurationError).problems
}

describe('a key that fits its algorithm', () => {
  const pairs: [SubjectTokenAlgorithm, typeof ec][] = [
    ['ES256', ec],
    ['ES384', ec384],
    ['ES512', ec521],
    ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const).map(
      (name): [SubjectTokenAlgorithm, typeof ec] => [name, rsa],
    ),
    ['EdDSA', ed],
    ['Ed25519', ed],
  ]
  it.each(pairs)(
    'signs with %s as PEM, as JWK, as KeyObject and from a function',
    async (algorithm, pair) => {
      const forms: SignedSubjectTokenOptions['key'][] = [
        pemOf(pair),
        `\n${pemOf(pair)}\n`,
        jwkOf(pair),
        pair.privateKey,
        async () => pemOf(pair),
        () => jwkOf(pair),
      ]
      for (const key of forms) {
        const { payload, protectedHeader } = await jwtVerify(
          await subjectTokenBy({ key, algorithm }),
          pair.publicKey,
        )
        expect(protectedHeader.alg).toBe(algorithm)
        expect(payload).toMatchObject(user)
      }
    },
  )

  it('signs with ES256 as CryptoKey', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])
    const token = await subjectTokenBy({ key: pair.privateKey, algorithm: 'ES256' })
    await expect(jwtVerify(token, pair.publicKey)).resolves.toBeDefined()
  })

  it.each(['HS256', 'HS384', 'HS512'] as const)(
    'signs with %s as bytes, as oct JWK and as KeyObject',
    async (algorithm) => {
      const forms: SubjectTokenKey[] = [
        new Uint8Array(secret),
        secret,
        { kty: 'oct', k: secret.toString('base64url') },
        createSecretKey(secret),
      ]
      for (const key of forms) {
        await expect(jwtVerify(await subjectTokenBy({ key, algorithm }), secret)).resolves.toBeDefined()
      }
    },
  )

  it('takes a JWK that says EdDSA for Ed25519, which is the same signature', async () => {
    const key = { ...jwkOf(ed), alg: 'EdDSA' }
    await expect(
      jwtVerify(await subjectTokenBy({ key, algorithm: 'Ed25519' }), ed.publicKey),
    ).resolves.toBeDefined()
  })

  it('does not follow later changes of the caller’s bytes', async () => {
    const key = new Uint8Array(secret)
    const subjectToken = signedSubjectToken({ key, algorithm: 'HS256' })
    const tokens = createTesouroTokens(validOptions({ subjectToken }))
    await tokens.mintWidgetToken(user)
    key.fill(0)
    const { payload } = await openWidgetToken((await tokens.mintWidgetToken(user)).widgetToken)
    await expect(jwtVerify(String(payload.subject_token), secret)).resolves.toBeDefined()
  })
})

const spki = ec.publicKey.export({ format: 'pem', type: 'spki' }).toString()
const spkiDer = createPublicKey(rsa.publicKey.export({ format: 'pem', type: 'spki' })).export({
  format: 'der',
  type: 'spki',
})

describe('HMAC with a key that others have', () => {
  it.each([
    ['a public key as text', spki],
    ['any text', 'correct horse battery staple correct horse'],
    ['the bytes of a public key’s PEM', Buffer.from(spki)],
    ['the bytes of a certificate’s PEM', Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB')],
    ['the bytes of a public key in DER', spkiDer],
    ['the bytes of a short public key in DER', ec.publicKey.export({ format: 'der', type: 'spki' })],
    ['the bytes of a PKCS1 public key in DER', rsa.publicKey.export({ format: 'der', type: 'pkcs1' })],
    ['the bytes of a JWK', Buffer.from(JSON.stringify(ec.publicKey.export({ format: 'jwk' })))],
    ['the bytes of an SSH key', Buffer.from('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA')],
    ['a public JWK', ec.publicKey.export({ format: 'jwk' })],
    ['a private JWK', jwkOf(ec)],
    ['a public KeyObject', ec.publicKey],
    ['a private KeyObject', ec.privateKey],
    ['31 bytes', new Uint8Array(31)],
    ['an oct JWK of 31 bytes', { kty: 'oct', k: Buffer.alloc(31).toString('base64url') }],
    ['a KeyObject of 31 bytes', createSecretKey(Buffer.alloc(31))],
  ])('is refused at construction: %s', (_, key) => {
    expect(problemsOf({ key, algorithm: 'HS256' })).toEqual([
      expect.stringMatching(/^signedSubjectToken key: /),
    ])
  })

  it('is refused when a function gives such a key', async () => {
    const source = signedSubjectToken({ key: async () => spki, algorithm: 'HS256' })
    const error = await rejectionOf(source.ready({ clock: fakeClock() }))
    expect(error).toMatchObject({ code: 'configuration', retryable: false })
  })

  it('wants as many bytes as the hash has', () => {
    expect(problemsOf({ key: new Uint8Array(47), algorithm: 'HS384' })).toHaveLength(1)
    expect(problemsOf({ key: new Uint8Array(63), algorithm: 'HS512' })).toHaveLength(1)
  })
})

describe('an algorithm that signs nothing', () => {
  it.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    ' none',
    'none ',
    'none\n',
    'n\u0000one',
    '\uff4e\uff4f\uff4e\uff45',
    'no-ne',
    'none.',
  ])('is refused however it is spelt: %j', (algorithm) => {
    expect(problemsOf({ key: pemOf(ec), algorithm })).toEqual([
      expect.stringContaining('unsecuredSubjectToken'),
    ])
  })

  it.each([
    [undefined, 'is missing'],
    ['', 'must be one of'],
    ['es256', 'must be written ES256'],
    ['ES256K', 'must be one of'],
    ['toString', 'must be one of'],
    [{}, 'must be one of'],
  ])('or is none of ours: %j', (algorithm, words) => {
    expect(problemsOf({ key: pemOf(ec), algorithm })[0]).toContain(words)
  })
})

describe('a key that does not fit', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
  it.each([
    ['nothing', undefined, 'ES256', 'is missing'],
    ['a number', 7, 'ES256', 'must be PEM'],
    ['a promise', Promise.resolve(ec.privateKey), 'ES256', 'is a promise'],
    ['an empty text', '  ', 'ES256', 'is empty'],
    ['PKCS1', rsa.privateKey.export({ format: 'pem', type: 'pkcs1' }), 'RS256', 'openssl pkcs8 -topk8'],
    ['SEC1', ec.privateKey.export({ format: 'pem', type: 'sec1' }), 'ES256', 'openssl pkcs8 -topk8'],
    [
      'an encrypted key',
      ec.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }),
      'ES256',
      'is an encrypted key',
    ],
    ['a public key', spki, 'ES256', 'is a public key'],
    ['a certificate', certificate, 'ES256', 'is a certificate'],
    ['an OpenSSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\n', 'ES256', 'OpenSSH'],
    ['literal \\n', pemOf(ec).replaceAll('\n', '\\n'), 'ES256', 'two characters'],
    ['JSON text', JSON.stringify(jwkOf(ec)), 'ES256', 'is JSON text'],
    ['a key that was cut off', pemOf(ec).slice(0, -40), 'ES256', 'is cut off'],
    ['text behind the key', `${pemOf(ec)}\nand more`, 'ES256', 'has text after -----END PRIVATE KEY-----'],
    ['text in front of the key', `Bag Attributes\n${pemOf(ec)}`, 'ES256', 'has text before -----BEGIN'],
    ['bytes for an asymmetric algorithm', new Uint8Array(32), 'ES256', 'is bytes'],
    ['a JWKS', { keys: [jwkOf(ec)] }, 'ES256', 'is a set of keys'],
    ['a pair', ec, 'ES256', 'is a pair of keys'],
    ['a public JWK', ec.publicKey.export({ format: 'jwk' }), 'ES256', 'is a public key'],
    ['a JWK on another curve', jwkOf(ec), 'ES384', 'another curve'],
    ['a JWK of another kind', jwkOf(rsa), 'ES256', 'it is RSA, and ES256 needs kty EC'],
    ['a JWK of a foreign kind', { kty: 'canary' }, 'ES256', 'its kty is unknown, and ES256 needs kty EC'],
    ['a JWK for another algorithm', { ...jwkOf(rsa), alg: 'RS256' }, 'PS256', 'another than PS256'],
    ['a JWK for encryption', { ...jwkOf(ec), use: 'enc' }, 'ES256', 'its use is not sig'],
    ['a JWK that may not sign', { ...jwkOf(ec), key_ops: ['verify'] }, 'ES256', 'key_ops lack sign'],
    ['a public KeyObject', ec.publicKey, 'ES256', 'is a public key'],
    ['a KeyObject on another curve', ec.privateKey, 'ES384', 'another algorithm'],
    ['a KeyObject of another kind', rsa.privateKey, 'EdDSA', 'another algorithm'],
    ['a secret KeyObject', createSecretKey(secret), 'ES256', 'is a secret key'],
    ['1,024 bits', smallRsa.privateKey, 'RS256', '1024 bits'],
  ])('fails at construction and says what it is: %s', (_, key, algorithm, words) => {
    const problems = problemsOf({ key, algorithm })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(words)
  })

  it('fails at construction as a CryptoKey', async () => {
    const { privateKey, publicKey } = await crypto.subtle.generateKey(
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign', 'verify'],
    )
    expect(problemsOf({ key: publicKey, algorithm: 'ES256' })[0]).toContain('is a public key')
    expect(problemsOf({ key: privateKey, algorithm: 'ES384' })[0]).toContain('another algorithm')
    const verifier = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ])
    expect(problemsOf({ key: verifier, algorithm: 'HS256' })[0]).toContain('usages lack sign')
  })

  it.each([
    ['PEM on another curve', pemOf(ec), 'ES384' as const, 'cannot be imported'],
    ['damaged PEM', pemOf(ec).replace(/\n[^\n]{20}/, '\n'), 'ES256' as const, 'cannot be imported'],
    ['PEM of 1,024 bits', pemOf(smallRsa), 'RS256' as const, '1024 bits'],
  ])(
    'fails in ready() and at the first use with the same error where it cannot be seen at once: %s',
    async (_, key, algorithm, words) => {
      const tokens = createTesouroTokens(
        validOptions({ subjectToken: signedSubjectToken({ key, algorithm }) }),
      )
      for (const call of [tokens.ready(), tokens.mintWidgetToken(user)]) {
        const error = await rejectionOf(call)
        expect(error).toMatchObject({ code: 'configuration', retryable: false })
        expect(String(error)).toContain(words)
        const lines = key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'))
        expect(leaked(error, [key, ...lines])).toEqual([])
      }
    },
  )

  it('is told together with every other problem', () => {
    const problems = problemsOf({
      key: spki,
      algorithm: 'ES256',
      keyId: '',
      issuer: '',
      audience: [],
      keyMaxAgeSeconds: 0,
    })
    expect(problems.map((problem) => problem.split(':')[0]?.replace('signedSubjectToken ', ''))).toEqual([
      ...['keyId', 'keyMaxAgeSeconds', 'issuer', 'audience', 'key'],
    ])
  })
})
