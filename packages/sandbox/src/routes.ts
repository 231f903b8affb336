import { decodeJwt } from 'jose'
import type { AccessTokens } from './access-tokens.js'
import { accountsPath } from './api/accounts.js'
import { applicationStatusPath } from './api/application-status.js'
import { graphqlPath } from './api/graphql.js'
import { statementsPath } from './api/statements.js'
import { transfersPath } from './api/transfers.js'
import { usersPath } from './api/users.js'
import type { Clients } from './clients.js'
import { tokenExchangeGrant } from './exchange/exchange.js'
import type { FaultTarget } from './faults/faults.js'
import { gatewayPath } from './gateway/gateway.js'
import { decryptWidgetToken } from './gateway/widget-token.js'
import { bearerToken, formMembers, type Incoming, textMember } from './http/incoming.js'
import { otherRevocationPath, revocationPath, tokenPath } from './provider/provider.js'
import type { RequestKind } from './stats.js'

/** An endpoint of the platform. */
export interface Route {
  target: FaultTarget
  methods: readonly ('GET' | 'POST')[]
  /** What its requests count as; those of the token endpoint by their grant. */
  kind: RequestKind
}

export const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [tokenPath, { target: 'token', methods: ['POST'], kind: 'other' }],
  [revocationPath, { target: 'revoke', methods: ['POST'], kind: 'revoke' }],
  [otherRevocationPath, { target: 'revoke', methods: ['POST'], kind: 'revoke' }],
  [gatewayPath, { target: 'gateway', methods: ['POST'], kind: 'gateway' }],
  [applicationStatusPath, { target: 'api', methods: ['GET'], kind: 'application_status' }],
  [accountsPath, { target: 'api', methods: ['GET'], kind: 'bank_accounts' }],
  [transfersPath, { target: 'api', methods: ['POST'], kind: 'transfers' }],
  [statementsPath, { target: 'api', methods: ['GET'], kind: 'statements' }],
  [usersPath, { target: 'api', methods: ['GET', 'POST'], kind: 'users' }],
  [graphqlPath, { target: 'api', methods: ['POST'], kind: 'graphql' }],
])

/** What a request is for and who makes it, as far as it says so. Nothing here is checked: it is for counting. */
export interface Identity {
  kind: RequestKind
  clientId: string | undefined
  user: string | undefined
}

export async function identify(
  incoming: Incoming,
  parts: { clients: Clients; accessTokens: AccessTokens },
): Promise<Identity> {
  const { clients, accessTokens } = parts
  const kind = routes.get(incoming.path)?.kind ?? 'other'
  switch (incoming.path) {
    case tokenPath: {
      const form = formMembers(incoming)
      const clientId = knownClient(clients, form)
      const grant = form.grant_type
      if (grant === 'client_credentials') return { kind: 'client_credentials', clientId, user: undefined }
      if (grant !== tokenExchangeGrant) return { kind, clientId, user: undefined }
      return { kind: 'token_exchange', clientId, user: subjectOf(form) }
    }
    case revocationPath:
    case otherRevocationPath: {
      const form = formMembers(incoming)
      const user = accessTokens.find(textMember(form, 'token') ?? '')?.sub
      return { kind, clientId: knownClient(clients, form), user }
    }
    case gatewayPath:
      return { kind, ...(await insideWidgetToken(clients, bearerToken(incoming))) }
    default: {
      const token = accessTokens.find(bearerToken(incoming) ?? '')
      return { kind, clientId: token?.clientId, user: token?.sub }
    }
  }
}

async function insideWidgetToken(
  clients: Clients,
  token: string | undefined,
): Promise<Omit<Identity, 'kind'>> {
  try {
    const { client, payload } = await decryptWidgetToken(clients, token ?? '')
    return { clientId: client.clientId, user: subjectOf(payload) }
  } catch {
    return { clientId: undefined, user: undefined }
  }
}

function knownClient(clients: Clients, form: Readonly<Record<string, unknown>>): string | undefined {
  return clients.find(textMember(form, 'client_id') ?? '')?.clientId
}

function subjectOf(members: Readonly<Record<string, unknown>>): string | undefined {
  try {
    return textMember(decodeJwt(textMember(members, 'subject_token') ?? ''), 'sub')
  } catch {
    return undefined
  }
}
