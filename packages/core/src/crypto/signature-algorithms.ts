/** The signature algorithms of a subject token (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
export type SubjectTokenAlgorithm =
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'EdDSA'
  | 'Ed25519'
  | 'HS256'
  | 'HS384'
  | 'HS512'

/** What an algorithm needs of its key. */
export type AlgorithmRow =
  | { kty: 'EC'; crv: string; nodeCurve: string; webCrypto: { name: 'ECDSA'; namedCurve: string } }
  | { kty: 'RSA'; webCrypto: { name: 'RSASSA-PKCS1-v1_5' | 'RSA-PSS'; hash: string } }
  | { kty: 'OKP'; crv: 'Ed25519'; webCrypto: { name: 'Ed25519' } }
  | { kty: 'oct'; bytes: number; webCrypto: { name: 'HMAC'; hash: string } }

export const algorithms: { readonly [Name in SubjectTokenAlgorithm]: AlgorithmRow } = {
  ES256: ec('P-256', 'prime256v1'),
  ES384: ec('P-384', 'secp384r1'),
  ES512: ec('P-521', 'secp521r1'),
  RS256: rsa('RSASSA-PKCS1-v1_5', 256),
  RS384: rsa('RSASSA-PKCS1-v1_5', 384),
  RS512: rsa('RSASSA-PKCS1-v1_5', 512),
  PS256: rsa('RSA-PSS', 256),
  PS384: rsa('RSA-PSS', 384),
  PS512: rsa('RSA-PSS', 512),
  EdDSA: ed25519(),
  Ed25519: ed25519(),
  HS256: hmac(256),
  HS384: hmac(384),
  HS512: hmac(512),
}

function ec(crv: string, nodeCurve: string): AlgorithmRow {
  return { kty: 'EC', crv, nodeCurve, webCrypto: { name: 'ECDSA', namedCurve: crv } }
}

function rsa(name: 'RSASSA-PKCS1-v1_5' | 'RSA-PSS', bits: number): AlgorithmRow {
  return { kty: 'RSA', webCrypto: { name, hash: `SHA-${bits}` } }
}

function ed25519(): AlgorithmRow {
  return { kty: 'OKP', crv: 'Ed25519', webCrypto: { name: 'Ed25519' } }
}

function hmac(bits: number): AlgorithmRow {
  // RFC 7518 §3.2: a key of at least the hash's length
  return { kty: 'oct', bytes: bits / 8, webCrypto: { name: 'HMAC', hash: `SHA-${bits}` } }
}

/** Whether a name means "no signature", however it is written: case, spaces, full-width letters, dots between. */
export function meansNone(algorithm: unknown): boolean {
  if (typeof algorithm !== 'string') return false
  return (
    algorithm
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '') === 'none'
  )
}

/** Why a value is no algorithm for signing; `undefined` when it is one. */
export function algorithmProblem(algorithm: unknown): string | undefined {
  const names = Object.keys(algorithms)
  if (algorithm === undefined) return `is missing: one of ${names.join(', ')}`
  if (meansNone(algorithm)) {
    return 'is none, which signs nothing: unsecuredSubjectToken() is for those whose onboarding has confirmed that'
  }
  const written = typeof algorithm === 'string' ? algorithm : ''
  if (Object.hasOwn(algorithms, written)) return undefined
  const meant = names.find((name) => name.toLowerCase() === written.trim().toLowerCase())
  return meant === undefined ? `must be one of ${names.join(', ')}` : `must be written ${meant}`
}
