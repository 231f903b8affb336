import type { AccessTokens, IssuedToken } from '../access-tokens.js'
import type { Clients } from '../clients.js'
import { type Answer, jsonAnswer, problem } from '../http/answer.js'
import { bearerToken, type Incoming } from '../http/incoming.js'

/** Who makes a REST call, and for which organization. */
export interface ApiSession {
  token: IssuedToken
  organizationId: string
  /** The client's own organization. */
  ownOrganizationId: string
}

/** Scopes of which a call needs one: a backend's token has scopes of another family than a widget's. */
export type AcceptedScopes = readonly string[]

/**
 * Lets a call through to `handle` when its access token is good for it, and refuses it in the platform's form
 * otherwise. No `scopes`: every valid token is good.
 */
export async function withSession(
  incoming: Incoming,
  parts: { accessTokens: AccessTokens; clients: Clients; scopes?: AcceptedScopes },
  handle: (session: ApiSession) => Answer | Promise<Answer>,
): Promise<Answer> {
  const { accessTokens, clients, scopes } = parts
  if (incoming.headers['x-client-secret'] !== undefined && incoming.headers.authorization !== undefined) {
    const detail = 'X-Client-Secret and Authorization exclude each other.'
    return problem({ status: 400, title: 'Bad Request', errorCode: 'two_credentials', detail }, incoming.path)
  }
  const value = bearerToken(incoming)
  if (value === undefined) return unauthorized(incoming, 'token_missing', 'The access token is missing.')
  const token = accessTokens.find(value)
  if (token === undefined || token.revoked) {
    return unauthorized(incoming, 'token_invalid', 'The access token is not valid.')
  }
  if (accessTokens.isExpired(token)) {
    const message = 'The token has been expired.'
    if (token.expiredAs === 400) return jsonAnswer(400, { error: { message } })
    return unauthorized(incoming, 'token_expired', message)
  }
  if (scopes !== undefined && !scopes.some((scope) => token.scopes.includes(scope))) {
    const detail = `The access token lacks the scope ${scopes.join(' or ')}.`
    return forbidden(incoming, 'insufficient_scope', detail)
  }
  const allowed = clients.find(token.clientId)?.organizationIds ?? []
  const [ownOrganizationId = ''] = allowed
  const organizationId = incoming.headers['x-organization-id'] ?? ownOrganizationId
  if (typeof organizationId !== 'string' || !allowed.includes(organizationId)) {
    return forbidden(
      incoming,
      'organization_forbidden',
      'X-Organization-ID names no organization of this client.',
    )
  }
  return handle({ token, organizationId, ownOrganizationId })
}

function unauthorized(incoming: Incoming, errorCode: string, detail: string): Answer {
  const challenge = errorCode === 'token_missing' ? 'Bearer' : 'Bearer error="invalid_token"'
  return problem({ status: 401, title: 'Unauthorized', errorCode, detail }, incoming.path, {
    'www-authenticate': challenge,
  })
}

function forbidden(incoming: Incoming, errorCode: string, detail: string): Answer {
  return problem({ status: 403, title: 'Forbidden', errorCode, detail }, incoming.path)
}
