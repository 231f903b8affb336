/// <reference path="./oidc-provider.d.ts" />
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type { JWK, Provider as ProviderType } from 'oidc-provider'
import { Provider } from 'oidc-provider/lib/provider.js'
import type { AccessTokens } from '../access-tokens.js'
import { ageOfClientSecret, type Clients } from '../clients.js'
import {
  accessTokenType,
  decideExchange,
  type GrantedExchange,
  tokenExchangeGrant,
} from '../exchange/exchange.js'
import type { PlatformClock } from '../platform-clock.js'
import { SandboxRefusal } from '../refusal.js'
import type { Users } from '../users/users.js'
import { createAdapterFactory } from './adapter.js'
import { formOf } from './ask.js'

export const tokenPath = '/openid/connect/token'
export const revocationPath = '/v1/auth/revoke'
/** The platform's pages name two paths. */
export const otherRevocationPath = '/auth/revoke'

/** Form members of an exchange that the grant gets to see; the provider drops all others. */
const exchangeMembers = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'actor_token',
  'actor_token_type',
  'audience',
  'resource',
  'scope',
]

export interface ProviderParts {
  clients: Clients
  accessTokens: AccessTokens
  users: Users
  clock: PlatformClock
  accessTokenLifetimeSeconds: number
}

/** The authorization server: both grants of the token endpoint, and revocation (RFC 7009). */
export function createProvider(issuer: string, parts: ProviderParts): ProviderType {
  const { clients, accessTokens, accessTokenLifetimeSeconds } = parts
  const lifetime = (): number => accessTokenLifetimeSeconds
  const provider = new Provider(issuer, {
    adapter: createAdapterFactory(clients, accessTokens),
    clientAuthMethods: ['client_secret_post'],
    cookies: { keys: ['unused'] },
    extraTokenClaims: (_ctx, token) => token.extra,
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    jwks: { keys: [signingKey()] },
    routes: { token: tokenPath, revocation: revocationPath },
    scopes: [...new Set([...clients.all()].flatMap(({ scopes }) => scopes))],
    ttl: { AccessToken: lifetime, ClientCredentials: lifetime },
  })

  // a client has several secrets while they are rotated, and the provider knows one
  provider.Client.prototype.compareClientSecret = function (secret: string) {
    const client = clients.find(this.clientId)
    return client !== undefined && ageOfClientSecret(client, secret) !== undefined
  }
  registerTokenExchange(provider, parts)
  return provider
}

/** Issues a user's access token. Gives the provider's id for it. */
export async function issueAccessToken(
  provider: ProviderType,
  users: Users,
  granted: GrantedExchange,
): Promise<string> {
  const client = await provider.Client.find(granted.clientId)
  if (client === undefined) throw new Error('an exchange was granted to an unknown client')
  const { sub, email, claims, parameters, scopes } = granted
  users.add(granted.clientId, email)
  const token = new provider.AccessToken({
    client,
    accountId: sub,
    grantId: randomUUID(),
    gty: 'token_exchange',
    scope: scopes.join(' '),
    extra: { sub, email, claims, parameters, scopes },
  })
  return await token.save()
}

function registerTokenExchange(provider: ProviderType, parts: ProviderParts): void {
  provider.registerGrantType(
    tokenExchangeGrant,
    async (ctx) => {
      try {
        const client = parts.clients.find(ctx.oidc.client.clientId)
        if (client === undefined) throw new SandboxRefusal(401, 'invalid_client', 'no such client')
        const form = formOf(ctx.req)
        const granted = await decideExchange(client, client.scopes, form, parts)
        ctx.body = {
          access_token: await issueAccessToken(provider, parts.users, granted),
          issued_token_type: accessTokenType,
          token_type: 'Bearer',
          expires_in: parts.accessTokenLifetimeSeconds,
          // RFC 8693 §2.2.1: needed where it is not all that the client may have
          ...(form.scope !== undefined && { scope: granted.scopes.join(' ') }),
        }
      } catch (error) {
        if (!(error instanceof SandboxRefusal)) throw error
        ctx.status = error.status
        ctx.body = { error: error.error, error_description: error.errorDescription }
      }
    },
    exchangeMembers,
  )
}

/** The provider needs a key for ID tokens, although it issues none here. */
function signingKey(): JWK {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' } as JWK
}
