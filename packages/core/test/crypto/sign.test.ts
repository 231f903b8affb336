import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { type CryptoKey, compactVerify, importJWK } from 'jose'
import { expect, it } from 'vitest'
import { createJwsSigner as onNode } from '../../src/crypto/node.js'
import { createJwsSigner as portable } from '../../src/crypto/portable.js'
import { algorithms, type SubjectTokenAlgorithm } from '../../src/crypto/signature-algorithms.js'

interface Pair {
  privateKey: CryptoKey
  publicKey: CryptoKey
}

const curves: { readonly [name: string]: 'P-256' | 'P-384' | 'P-521' } = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
}

async function keysFor(algorithm: SubjectTokenAlgorithm, extractable: boolean): Promise<Pair> {
  const { kty, webCrypto } = algorithms[algorithm]
  if (kty === 'oct') {
    const key = await crypto.subtle.importKey('raw', randomBytes(64), webCrypto, extractable, [
      'sign',
      'verify',
    ])
    return { privateKey: key, publicKey: key }
  }
  const namedCurve = curves[algorithm] ?? 'P-256'
  const pair =
    kty === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
      : kty === 'OKP'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve })
  const jwk = pair.privateKey.export({ format: 'jwk' })
  const privateKey = await crypto.subtle.importKey('jwk', jwk, webCrypto, extractable, ['sign'])
  const publicKey = (await importJWK(pair.publicKey.export({ format: 'jwk' }), algorithm)) as CryptoKey
  return { privateKey, publicKey }
}

const names = Object.keys(algorithms) as SubjectTokenAlgorithm[]
const deterministic = /^(HS|RS|Ed)/
const payload = JSON.stringify({ sub: 'u-1', name: 'Zoë "世" 🏦' })

it.each(names)(
  '%s signed on Node and elsewhere verifies, and is the same where the algorithm allows that',
  async (name) => {
    const { privateKey, publicKey } = await keysFor(name, true)
    const header = { alg: name, typ: 'JWT', kid: 'k-1' }
    const kind = { algorithm: name, row: algorithms[name], header }
    const tokens = [
      await (await onNode(privateKey, kind))(payload),
      await (await portable(privateKey, kind))(payload),
    ]
    for (const token of tokens) {
      const verified = await compactVerify(token, publicKey, { algorithms: [name] })
      expect(new TextDecoder().decode(verified.payload)).toBe(payload)
      expect(JSON.stringify(verified.protectedHeader)).toBe(JSON.stringify(header))
    }
    const [fast = '', slow = ''] = tokens
    if (deterministic.test(name)) expect(fast).toBe(slow)
    // header, payload, and the length of the signature
    expect(fast.split('.').slice(0, 2)).toEqual(slow.split('.').slice(0, 2))
    expect(fast.length).toBe(slow.length)
  },
)

it.each(names)('%s works with a key that may not be exported', async (name) => {
  const { privateKey, publicKey } = await keysFor(name, false)
  const kind = { algorithm: name, row: algorithms[name], header: { alg: name } }
  const token = await (await onNode(privateKey, kind))(payload)
  await expect(compactVerify(token, publicKey, { algorithms: [name] })).resolves.toBeDefined()
})
