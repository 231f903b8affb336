import type { JsonValue } from '@tesouro-tokens/core'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, UnsecuredJWT } from 'jose'
import type { Client } from '../clients.js'
import type { SandboxSubjectTokenKey } from '../options.js'
import { SandboxRefusal } from '../refusal.js'

/** Seconds by which the partner's clock and the platform's may disagree. */
export const clockTolerance = 60

/** The claims of a subject token that was found good. */
export interface SubjectClaims {
  sub: string
  email: string
  claims: Record<string, JsonValue>
}

const refuse = (description: string): SandboxRefusal => new SandboxRefusal(400, 'invalid_grant', description)

/** Checks signature, time and claims of a subject token. @throws SandboxRefusal */
export async function verifySubjectToken(
  client: Client,
  token: string,
  nowMs: number,
): Promise<SubjectClaims> {
  const claims = await verifiedClaims(client, token, { currentDate: new Date(nowMs), clockTolerance })
  const sub = textClaim(claims, 'sub')
  const email = textClaim(claims, 'email')
  return { sub, email, claims: claims as Record<string, JsonValue> }
}

async function verifiedClaims(
  client: Client,
  token: string,
  time: { currentDate: Date; clockTolerance: number },
): Promise<JWTPayload> {
  const header = readHeader(token)
  if (header.alg === 'none') {
    if (!client.allowUnsignedSubjectTokens) throw refuse('this client may not use unsigned subject tokens')
    try {
      return UnsecuredJWT.decode(token, time).payload
    } catch (error) {
      throw reasonOf(error)
    }
  }
  const candidates = client.subjectTokenKeys.filter(
    ({ algorithm, keyId }) =>
      algorithm === header.alg && (keyId === undefined || header.kid === undefined || keyId === header.kid),
  )
  let reason = refuse('the subject token is signed with no key of this client')
  for (const candidate of candidates) {
    try {
      return await verifyWith(candidate, token, time)
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) reason = reasonOf(error)
    }
  }
  throw reason
}

async function verifyWith(
  { key, algorithm }: SandboxSubjectTokenKey,
  token: string,
  time: { currentDate: Date; clockTolerance: number },
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, key, { ...time, algorithms: [algorithm] })
  return payload
}

function readHeader(token: string): { alg?: string | undefined; kid?: string | undefined } {
  try {
    return decodeProtectedHeader(token)
  } catch {
    throw refuse('the subject token is not a JWT')
  }
}

function reasonOf(error: unknown): SandboxRefusal {
  if (error instanceof errors.JWTExpired) return refuse('the subject token has expired')
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refuse(`the subject token's ${error.claim} claim is not acceptable`)
  }
  return refuse('the subject token is not a valid JWT')
}

function textClaim(claims: JWTPayload, name: 'sub' | 'email'): string {
  const value = claims[name]
  if (typeof value !== 'string' || value.trim() === '' || value.length > 1024) {
    throw refuse(`the subject token has no ${name}`)
  }
  return value
}
