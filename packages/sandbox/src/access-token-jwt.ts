import { type KeyObject, sign, verify } from 'node:crypto'
import * as z from 'zod'
import type { TokenRecord } from './access-tokens.js'
import type { KeyPair } from './seed.js'

/** What an access token says about itself. */
export interface TokenClaims extends Pick<TokenRecord, 'clientId' | 'sub' | 'email' | 'scopes'> {
  id: string
  /** In seconds since the epoch. */
  issuedAt: number
  /** In seconds since the epoch. */
  expiresAt: number
}

/** Signs access tokens (JWT, RFC 9068) and reads them back. */
export interface TokenSigner {
  sign(claims: TokenClaims): string
  /** The id of a token, unchecked; `undefined` for anything else. */
  idOf(token: string): string | undefined
  /** What the token says, if this signer signed it. */
  read(token: string): TokenClaims | undefined
}

const payloadSchema = z.object({
  jti: z.string(),
  client_id: z.string(),
  sub: z.string(),
  email: z.string().optional(),
  scope: z.string(),
  iat: z.int(),
  exp: z.int(),
})

/** JWS signatures hold R and S side by side (RFC 7518 §3.4). */
const dsaEncoding = 'ieee-p1363'

export function createTokenSigner({ privateKey, publicKey }: KeyPair, issuer: string): TokenSigner {
  const header = encode({ alg: 'ES256', typ: 'at+jwt', kid: 'sandbox' })
  return {
    sign(claims) {
      const signed = `${header}.${encode(payloadOf(claims, issuer))}`
      return `${signed}.${signatureOf(signed, privateKey)}`
    },
    idOf: (token) => payloadFrom(token)?.jti,
    read(token) {
      const payload = payloadFrom(token)
      if (payload === undefined || !isSignedWith(publicKey, token)) return undefined
      const isUser = payload.email !== undefined
      return {
        id: payload.jti,
        clientId: payload.client_id,
        sub: isUser ? payload.sub : undefined,
        email: payload.email,
        scopes: payload.scope.split(' ').filter((scope) => scope !== ''),
        issuedAt: payload.iat,
        expiresAt: payload.exp,
      }
    },
  }
}

/** A user's token names the application that acts for the user (RFC 8693 §4.1); the application's own has itself as subject. */
function payloadOf(claims: TokenClaims, issuer: string): Record<string, unknown> {
  const { id, clientId, sub, email, scopes, issuedAt, expiresAt } = claims
  return {
    iss: issuer,
    aud: issuer,
    jti: id,
    client_id: clientId,
    scope: scopes.join(' '),
    iat: issuedAt,
    exp: expiresAt,
    ...(sub === undefined ? { sub: clientId } : { sub, email, act: { sub: clientId } }),
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const signatureOf = (text: string, key: KeyObject): string =>
  sign('sha256', Buffer.from(text), { key, dsaEncoding }).toString('base64url')

function isSignedWith(key: KeyObject, token: string): boolean {
  const dot = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(dot + 1), 'base64url')
  return verify('sha256', Buffer.from(token.slice(0, dot)), { key, dsaEncoding }, signature)
}

function payloadFrom(token: string): z.output<typeof payloadSchema> | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  try {
    return payloadSchema.safeParse(JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))).data
  } catch {
    return undefined
  }
}
