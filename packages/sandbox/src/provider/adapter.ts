import type { JsonValue } from '@tesouro-tokens/core'
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'
import * as z from 'zod'
import type { AccessTokens } from '../access-tokens.js'
import type { Client, Clients } from '../clients.js'
import { tokenExchangeGrant } from '../exchange/exchange.js'

const json = z.record(z.string(), z.custom<JsonValue>())

/** What the token-exchange grant puts on a token. */
const extra = z.object({
  sub: z.string(),
  email: z.string(),
  claims: json,
  parameters: json,
  scopes: z.array(z.string()),
})

/** Gives the provider its storage: clients and tokens live with the sandbox, anything else is not kept. */
export function createAdapterFactory(clients: Clients, accessTokens: AccessTokens): AdapterFactory {
  const payloads = new WeakMap<object, AdapterPayload>()

  return (model) => {
    const adapter: Adapter = {
      async find(id) {
        if (model === 'Client') {
          const client = clients.find(id)
          return client && metadataOf(client)
        }
        const token = accessTokens.byId(id)
        const payload = token && payloads.get(token)
        return payload?.kind === model && !token?.revoked ? payload : undefined
      },
      async upsert(id, payload) {
        const clientId = String(payload.clientId)
        const exchanged = extra.safeParse(payload.extra)
        const scopes = payload.scope?.split(' ') ?? clients.find(clientId)?.scopes ?? []
        const token = accessTokens.put(
          id,
          exchanged.success
            ? { clientId, ...exchanged.data }
            : { clientId, sub: undefined, email: undefined, claims: {}, parameters: {}, scopes },
        )
        payloads.set(token, payload)
      },
      async destroy(id) {
        accessTokens.revoke(id)
      },
      async findByUid() {},
      async findByUserCode() {},
      async consume() {},
      async revokeByGrantId() {},
    }
    return adapter
  }
}

function metadataOf(client: Client): AdapterPayload {
  return {
    client_id: client.clientId,
    // required for the form's sake: secrets are compared by the sandbox, which knows several
    client_secret: client.secrets[0]?.clientSecret,
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'ES256',
    grant_types: [tokenExchangeGrant, 'client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope: client.scopes.join(' '),
  }
}
