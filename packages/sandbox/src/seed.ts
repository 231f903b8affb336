import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'

/** Order of the curve P-256 (FIPS 186-5): private keys lie below it. */
const orderOfP256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** A private key for ES256 and its public half. */
export interface KeyPair {
  privateKey: KeyObject
  publicKey: KeyObject
}

/** Where a sandbox takes its secrets and keys from: the system's random numbers, or a seed. */
export interface Draw {
  /** So many bytes for a purpose. The same seed gives the same bytes for the same purpose. */
  bytes(purpose: string, length: number): Buffer
  /** A P-256 key pair for a purpose. */
  keyPair(purpose: string): KeyPair
}

/** Without a seed every draw is new. */
export function createDraw(seed: string | undefined): Draw {
  const bytes: Draw['bytes'] = (purpose, length) =>
    seed === undefined ? randomBytes(length) : fromSeed(seed, purpose, length)
  return {
    bytes,
    keyPair(purpose) {
      // 128 bits more than the order has, so that the remainder is as good as uniform
      const drawn = BigInt(`0x${bytes(`key pair: ${purpose}`, 48).toString('hex')}`)
      const scalar = (drawn % (orderOfP256 - 1n)) + 1n
      return keyPairOf(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'))
    },
  }
}

/** The port of a seed: 20000 to 29999, below the ports that systems give out by themselves. */
export function portOfSeed(seed: string): number {
  return 20_000 + (fromSeed(seed, 'port', 4).readUInt32BE() % 10_000)
}

function fromSeed(seed: string, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', seed, '@tesouro-tokens/sandbox', purpose, length))
}

function keyPairOf(scalar: Buffer): KeyPair {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(scalar)
  // an uncompressed point: 4, then x and y (SEC 1 §2.3.3)
  const point = curve.getPublicKey()
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: scalar.toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}
