import type { JsonValue } from '@tesouro-tokens/core'
import * as z from 'zod'
import type { TokenRecord } from '../access-tokens.js'
import type { Client } from '../clients.js'
import type { PlatformClock } from '../platform-clock.js'
import { SandboxRefusal } from '../refusal.js'
import type { Users } from '../users/users.js'
import { verifySubjectToken } from './subject-token.js'

export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

const request = z.looseObject({
  grant_type: z.literal(tokenExchangeGrant),
  subject_token: z.string().min(1),
  subject_token_type: z.literal(accessTokenType),
  requested_token_type: z.literal(accessTokenType).optional(),
  scope: z.string().optional(),
})

/** Members that belong to the request itself; the others are the partner's own. */
const ownMembers = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'subject_token',
  'subject_token_type',
  'iat',
  'exp',
])

/** An exchange that the platform would grant. */
export type GrantedExchange = TokenRecord & { sub: string; email: string }

/**
 * Decides an RFC 8693 §2.1 request, whether it came as a form or inside a widget token. The client has been
 * authenticated. `scopes` are those of the place: backends and widgets have scopes of different families.
 *
 * @throws SandboxRefusal
 */
export async function decideExchange(
  client: Client,
  scopes: readonly string[],
  members: Readonly<Record<string, unknown>>,
  { clock, users }: { clock: PlatformClock; users: Users },
): Promise<GrantedExchange> {
  const parsed = request.safeParse(members)
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))]
    throw new SandboxRefusal(400, 'invalid_request', `missing or wrong: ${names.join(', ')}`)
  }
  const wanted = requestedScopes(scopes, parsed.data.scope)
  const subject = await verifySubjectToken(client, parsed.data.subject_token, clock.now())
  const user = users.admit(client.clientId, subject)
  return {
    ...subject,
    clientId: client.clientId,
    // permissions come from roles: what the user may not do, no token of the user's may
    scopes: wanted.filter((scope) => user?.scopes?.includes(scope) ?? true),
    parameters: extraMembers(parsed.data),
  }
}

function requestedScopes(allowed: readonly string[], requested: string | undefined): readonly string[] {
  if (requested === undefined) return allowed
  const scopes = requested.split(' ').filter((scope) => scope !== '')
  if (!scopes.every((scope) => allowed.includes(scope))) {
    throw new SandboxRefusal(400, 'invalid_scope', 'a scope that was requested is not to be had here')
  }
  return scopes
}

function extraMembers(members: Readonly<Record<string, unknown>>): Record<string, JsonValue> {
  const extra = Object.entries(members).filter(([name]) => !ownMembers.has(name))
  return Object.fromEntries(extra) as Record<string, JsonValue>
}
