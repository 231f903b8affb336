import type { JWTPayload } from 'jose'
import type { SubjectTokenContext, SubjectTokenUser } from './source.js'

/** Who issues the tokens and for whom, where onboarding asks for that. */
export interface IssuerOptions {
  /** `iss` (RFC 7519 §4.1.1). */
  issuer?: string | undefined
  /** `aud` (RFC 7519 §4.1.3). */
  audience?: string | readonly string[] | undefined
}

/**
 * Gives the claims of the subject tokens that are made here: a `jti` of its own each time. What is the same in all of
 * them is prepared once.
 */
export function createClaims({
  issuer,
  audience,
}: IssuerOptions): (user: SubjectTokenUser, context: SubjectTokenContext) => JWTPayload {
  const constant = {
    ...(issuer !== undefined && { iss: issuer }),
    ...(audience !== undefined && { aud: typeof audience === 'string' ? audience : [...audience] }),
  }
  return (user, { issuedAt, expiresAt }) => ({
    ...user.claims,
    ...constant,
    sub: user.sub,
    email: user.email,
    iat: issuedAt,
    exp: expiresAt,
    jti: crypto.randomUUID(),
  })
}
