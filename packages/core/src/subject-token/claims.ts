import type { JWTPayload } from 'jose'
import type { SubjectTokenContext, SubjectTokenUser } from './source.js'

/** Who issues the tokens and for whom, where onboarding asks for that. */
export interface IssuerOptions {
  /** `iss` (RFC 7519 §4.1.1). */
  issuer?: string | undefined
  /** `aud` (RFC 7519 §4.1.3). */
  audience?: string | readonly string[] | undefined
}

/** The claims of a subject token that is made here: a `jti` of its own each time. */
export function subjectTokenClaims(
  user: SubjectTokenUser,
  { issuedAt, expiresAt }: SubjectTokenContext,
  { issuer, audience }: IssuerOptions,
): JWTPayload {
  return {
    ...user.claims,
    ...(issuer !== undefined && { iss: issuer }),
    ...(audience !== undefined && { aud: typeof audience === 'string' ? audience : [...audience] }),
    sub: user.sub,
    email: user.email,
    iat: issuedAt,
    exp: expiresAt,
    jti: crypto.randomUUID(),
  }
}
