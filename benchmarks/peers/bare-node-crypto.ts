// The floor: the same bytes of work as a mint, with nothing around them, for each kind of subject token.
import {
  createCipheriv,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  randomFillSync,
  randomUUID,
  sign,
} from 'node:crypto'
import type { SnippetCredentials } from './published-snippet.js'

const base64url = (text: string): string => Buffer.from(text).toString('base64url')
const header = base64url('{"alg":"A256KW","enc":"A256GCM"}')
const headerBytes = Buffer.from(header)

/** How the subject token is signed. */
export type Algorithm = 'none' | 'HS256' | 'ES256'

function signer(algorithm: Algorithm): (signed: string) => string {
  if (algorithm === 'none') return () => ''
  if (algorithm === 'HS256') {
    const key = createSecretKey(randomBytes(32))
    return (signed) => createHmac('sha256', key).update(signed).digest('base64url')
  }
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return (signed) =>
    sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
}

export function bareNodeCrypto(
  { clientId, clientSecret, widgetSecret }: SnippetCredentials,
  algorithm: Algorithm,
) {
  const signatureOf = signer(algorithm)
  const subjectHeader = base64url(
    JSON.stringify({ alg: algorithm, ...(algorithm !== 'none' && { typ: 'JWT' }) }),
  )
  const drawn = Buffer.alloc(44)
  const contentKey = drawn.subarray(0, 32)
  const iv = drawn.subarray(32)
  const wrap = createCipheriv('aes256-wrap', createSecretKey(widgetSecret, 'hex'), Buffer.alloc(8, 0xa6))
  return ({ sub, email }: { sub: string; email: string }): string => {
    const iat = Math.floor(Date.now() / 1_000)
    const exp = iat + 480
    const claims = JSON.stringify({ sub, email, iat, exp, jti: randomUUID() })
    const signed = `${subjectHeader}.${base64url(claims)}`
    const plaintext = JSON.stringify({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: clientId,
      client_secret: clientSecret,
      subject_token: `${signed}.${signatureOf(signed)}`,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      iat,
      exp,
    })
    randomFillSync(drawn)
    const wrapped = wrap.update(contentKey).toString('base64url')
    const seal = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(headerBytes)
    const sealed = seal.update(plaintext, 'utf8', 'base64url') + seal.final('base64url')
    const tag = seal.getAuthTag().toString('base64url')
    return `${header}.${wrapped}.${iv.toString('base64url')}.${sealed}.${tag}`
  }
}
