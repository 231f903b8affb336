import type { AlgorithmRow } from '../crypto/signature-algorithms.js'

type Jwk = { readonly [name: string]: unknown }

const kinds = ['EC', 'OKP', 'RSA', 'oct']

/** Why an object is no JWK (RFC 7517) for an algorithm; `undefined` when it looks like one. */
export function jwkProblem(jwk: Jwk, algorithm: string, row: AlgorithmRow): string | undefined {
  if (Array.isArray(jwk.keys)) return 'is a set of keys (JWKS): give only the key that signs'
  if (jwk.privateKey !== undefined) return 'is a pair of keys: give its privateKey'
  if (typeof jwk.kty !== 'string') return 'is no JWK: it has no kty'
  if (row.kty === 'oct' && jwk.kty !== 'oct') {
    return `is an asymmetric key, and ${algorithm} needs a secret one (kty oct): anybody who knows the public part could sign`
  }
  if (jwk.kty !== row.kty) {
    const own = kinds.includes(jwk.kty) ? `it is ${jwk.kty}` : 'its kty is unknown'
    return `is a JWK of another kind than ${algorithm} needs: ${own}, and ${algorithm} needs kty ${row.kty}`
  }
  if ('crv' in row && jwk.crv !== row.crv)
    return `is a JWK on another curve than ${algorithm} needs (crv ${row.crv})`
  if (jwk.alg !== undefined && jwk.alg !== algorithm && !sameCurve(jwk.alg, algorithm)) {
    return `is a JWK whose alg is another than ${algorithm}`
  }
  if (jwk.use !== undefined && jwk.use !== 'sig')
    return 'is a JWK that is not meant for signing (its use is not sig)'
  if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes('sign')) {
    return 'is a JWK that is not meant for signing (its key_ops lack sign)'
  }
  if (row.kty !== 'oct')
    return typeof jwk.d === 'string' ? undefined : 'is a public key: the private one signs'
  if (typeof jwk.k !== 'string' || !/^[\w-]*$/.test(jwk.k)) return 'is an oct JWK whose k is not base64url'
  const bytes = Math.floor((jwk.k.length * 6) / 8)
  return bytes < row.bytes ? `has ${bytes} bytes, and ${algorithm} needs at least ${row.bytes}` : undefined
}

/** EdDSA and Ed25519 name the same signature (RFC 9864 §2.2). */
function sameCurve(one: unknown, other: string): boolean {
  return (one === 'EdDSA' || one === 'Ed25519') && (other === 'EdDSA' || other === 'Ed25519')
}
