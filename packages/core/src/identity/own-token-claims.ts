import type { JsonMembers, JsonValue } from '../user.js'

const maximumLength = 8_192
/** What differs from one token of a session to the next. */
const ofTheTokenAlone = ['iat', 'exp', 'nbf', 'jti']

/**
 * What a user's own JWT says of the user, so that two sessions with different claims never share an access token. Of a
 * text that is no JWT all of it counts; the exchange refuses it.
 */
export function ownTokenClaims(token: string): JsonValue {
  const [, payload = ''] = token.length > maximumLength ? [] : token.split('.')
  const claims = decoded(payload)
  if (claims === undefined) return token
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !ofTheTokenAlone.includes(name)))
}

function decoded(payload: string): JsonMembers | undefined {
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    )
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims)
    return isObject ? (claims as JsonMembers) : undefined
  } catch {
    return undefined
  }
}
