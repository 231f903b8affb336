import type { AlgorithmRow } from '../crypto/signature-algorithms.js'
import { ownMembers } from '../lib/given.js'
import { isKind } from '../lib/is-kind.js'
import { jwkProblem } from './jwk-problem.js'
import { pemProblem } from './pem-problem.js'

/** What kind of key a value is. */
export type KeyKind = 'text' | 'bytes' | 'CryptoKey' | 'KeyObject' | 'jwk'

export function kindOfKey(key: unknown): KeyKind | undefined {
  if (typeof key === 'string') return 'text'
  if (key instanceof Uint8Array) return 'bytes'
  if (typeof key !== 'object' || key === null) return undefined
  if (isKind(key, 'CryptoKey')) return 'CryptoKey'
  return isKind(key, 'KeyObject') ? 'KeyObject' : 'jwk'
}

/** Why a value is no key for an algorithm, as far as the key itself shows; `undefined` when nothing speaks against it. */
export function keyProblem(key: unknown, algorithm: string, row: AlgorithmRow): string | undefined {
  if (key instanceof Promise) return 'is a promise: await it first, or give the function that made it'
  switch (kindOfKey(key)) {
    case 'text':
      return row.kty === 'oct'
        ? `is text, and ${algorithm} needs random bytes: a Uint8Array of at least ${row.bytes}, or an oct JWK`
        : pemProblem(key as string)
    case 'bytes':
      return bytesProblem(key as Uint8Array, algorithm, row)
    case 'jwk':
      return jwkProblem(ownMembers(key as { readonly [name: string]: unknown }), algorithm, row)
    case 'CryptoKey':
    case 'KeyObject':
      return handleProblem(key as KeyHandle, algorithm, row)
    default:
      return key === undefined
        ? 'is missing: PEM, a JWK, a CryptoKey, a KeyObject, or a function that returns one; or sign, where a KMS or HSM keeps it'
        : 'must be PEM, a JWK, a CryptoKey, a KeyObject, or a function that returns one'
  }
}

function bytesProblem(bytes: Uint8Array, algorithm: string, row: AlgorithmRow): string | undefined {
  if (row.kty !== 'oct') return `is bytes, and ${algorithm} needs PEM, a JWK, a CryptoKey or a KeyObject`
  // An HMAC under a public key's bytes can be made by everybody who has that key (RFC 8725 §2.1).
  // Random bytes may begin as a key file does, and do not go on as text.
  if (/^\s*(-----|ssh-|\{)[\s -~]*$/.test(String.fromCharCode(...bytes.subarray(0, 64)))) {
    return `holds the text of a key file, and ${algorithm} needs random bytes`
  }
  if (isDerSequence(bytes))
    return `holds an asymmetric key or a certificate, and ${algorithm} needs random bytes`
  if (bytes.length < row.bytes)
    return `has ${bytes.length} bytes, and ${algorithm} needs at least ${row.bytes}`
  return undefined
}

/** Whether bytes are one DER SEQUENCE that begins with another or with a number, as every key and certificate does. */
function isDerSequence(bytes: Uint8Array): boolean {
  const [tag, length = 0] = bytes
  if (tag !== 0x30) return false
  const lengthBytes = length < 0x80 ? 0 : length - 0x80
  if (lengthBytes > 2) return false
  const content =
    lengthBytes === 0 ? length : bytes.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0)
  const first = bytes[2 + lengthBytes]
  return bytes.length === 2 + lengthBytes + content && (first === 0x30 || first === 0x02)
}

/** What CryptoKey and KeyObject tell about a key. */
interface KeyHandle {
  type: string
  usages?: readonly string[]
  algorithm?: {
    name: string
    hash?: { name: string }
    namedCurve?: string
    length?: number
    modulusLength?: number
  }
  symmetricKeySize?: number
  asymmetricKeyType?: string
  asymmetricKeyDetails?: { namedCurve?: string; modulusLength?: number }
}

const nodeTypes = { EC: ['ec'], RSA: ['rsa', 'rsa-pss'], OKP: ['ed25519'], oct: [] as string[] } as const

function handleProblem(key: KeyHandle, algorithm: string, row: AlgorithmRow): string | undefined {
  const wanted = row.kty === 'oct' ? 'secret' : 'private'
  if (key.type !== wanted) return `is a ${key.type} key, and ${algorithm} needs a ${wanted} one`
  const other = `is a key for another algorithm than ${algorithm}`
  const bits = row.kty === 'oct' ? (key.symmetricKeySize ?? 0) * 8 || key.algorithm?.length : undefined
  if (row.kty === 'oct' && bits !== undefined && bits < row.bytes * 8) {
    return `has ${bits / 8} bytes, and ${algorithm} needs at least ${row.bytes}`
  }
  if (row.kty === 'RSA') {
    const modulus = key.algorithm?.modulusLength ?? key.asymmetricKeyDetails?.modulusLength
    if (modulus !== undefined && modulus < 2_048)
      return `has ${modulus} bits, and ${algorithm} needs at least 2,048`
  }
  if (key.algorithm !== undefined) {
    const { name, hash, namedCurve } = key.algorithm
    const expected: { name: string; hash?: string; namedCurve?: string } = row.webCrypto
    if (name !== expected.name || hash?.name !== expected.hash || namedCurve !== expected.namedCurve)
      return other
    return key.usages?.includes('sign') ? undefined : 'is not meant for signing (its usages lack sign)'
  }
  if (row.kty === 'oct') return undefined
  const types: readonly string[] = nodeTypes[row.kty]
  if (!types.includes(key.asymmetricKeyType ?? '')) return other
  return row.kty === 'EC' && key.asymmetricKeyDetails?.namedCurve !== row.nodeCurve ? other : undefined
}
