import { encodeBase64url } from '#crypto'
import { checkOptions, optionsObject } from '../lib/option.js'
import { createClaims, type IssuerOptions } from './claims.js'
import { issuerShape } from './issuer-options.js'
import type { SubjectTokenSource } from './source.js'

const schema = optionsObject(issuerShape)

/** What {@link unsecuredSubjectToken} takes. */
export type UnsecuredSubjectTokenOptions = IssuerOptions

/**
 * Subject tokens without a signature (`alg: none`, RFC 7519 §6).
 *
 * **Only where onboarding has confirmed that the platform takes them from this client.** They prove nothing by
 * themselves: anybody with the client's credentials can name any user.
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
  const nameOf = (option: string): string => `unsecuredSubjectToken ${option}`
  const checked = checkOptions(schema, options, nameOf, 'unsecuredSubjectToken: ')
  const claimsFor = createClaims(checked)
  // RFC 7519 §6.1: a header that says alg none, and an empty signature
  const header = encodeBase64url('{"alg":"none"}')
  return Object.freeze({
    unsecured: true,
    foreign: false,
    ready: async () => {},
    create: (user, context) => `${header}.${encodeBase64url(JSON.stringify(claimsFor(user, context)))}.`,
  } satisfies SubjectTokenSource)
}
