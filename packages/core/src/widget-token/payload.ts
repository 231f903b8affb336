import type { Credentials } from '../configuration/settings.js'
import type { CheckedUser } from '../identity/check-user.js'

/**
 * What the JWE holds: the token-exchange request (RFC 8693 §2.1) that the platform makes in the widget's name,
 * with the time from which and until which it may.
 */
export function widgetTokenPayload(parts: {
  user: CheckedUser
  credentials: Credentials
  subjectToken: string
  issuedAt: number
  expiresAt: number
}): string {
  const { user, credentials, subjectToken, issuedAt, expiresAt } = parts
  return JSON.stringify({
    ...user.requestParameters,
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_id: credentials.clientId,
    client_secret: credentials.clientSecret,
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    iat: issuedAt,
    exp: expiresAt,
  })
}
