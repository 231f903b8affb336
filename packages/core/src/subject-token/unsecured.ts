import { UnsecuredJWT } from 'jose'
import { createProblems } from '../configuration/problems.js'
import { type IssuerOptions, subjectTokenClaims } from './claims.js'
import { addIssuerProblems } from './issuer-problems.js'
import type { SubjectTokenSource } from './source.js'

/** What {@link unsecuredSubjectToken} takes. */
export type UnsecuredSubjectTokenOptions = IssuerOptions

/**
 * Subject tokens without a signature (`alg: none`, RFC 7519 §6).
 *
 * **Only where onboarding has confirmed that the platform takes them from this client.** They prove nothing by
 * themselves: whoever has the client's credentials can name any user.
 *
 * @throws ConfigurationError when an option is wrong
 *
 * @example
 * ```ts
 * import { unsecuredSubjectToken } from '@tesouro-tokens/core'
 *
 * export const subjectToken = unsecuredSubjectToken({ issuer: 'https://bank.example' })
 * ```
 */
export function unsecuredSubjectToken(options: UnsecuredSubjectTokenOptions = {}): SubjectTokenSource {
  const { issuer, audience } = { ...options }
  const problems = createProblems((option) => `unsecuredSubjectToken ${option}`)
  addIssuerProblems({ issuer, audience }, problems)
  if (problems.any) throw problems.error()
  return Object.freeze({
    unsecured: true,
    foreign: false,
    ready: async () => {},
    create: async (user, context) =>
      new UnsecuredJWT(subjectTokenClaims(user, context, { issuer, audience })).encode(),
  } satisfies SubjectTokenSource)
}
