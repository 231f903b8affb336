import { decodeJwt } from 'jose'
import type { AccessTokens } from './access-tokens.js'
import { accountsPath } from './api/accounts.js'
import { statementsPath } from './api/statements.js'
import { transfersPath } from './api/transfers.js'
import type { Clients } from './clients.js'
import { tokenExchangeGrant } from './exchange/exchange.js'
import type { FaultTarget } from './faults/faults.js'
import { gatewayPath } from './gateway/gateway.js'
import { decryptWidgetToken } from './gateway/widget-token.js'
import { bearerToken, formMembers, type Incoming, textMember } from './http/incoming.js'
import { revocationPath, tokenPath } from './provider/provider.js'
import type { RequestKind } from './stats.js'

/** An endpoint of the platform. */
export interface Route {
  target: FaultTarget
  method: 'GET' | 'POST'
}

export const routes: ReadonlyMap<string, Route> = new Map([
  [tokenPath, { target: 'token', method: 'POST' }],
  [revocationPath, { target: 'revoke', method: 'POST' }],
  [gatewayPath, { target: 'gateway', method: 'POST' }],
  [accountsPath, { target: 'api', method: 'GET' }],
  [transfersPath, { target: 'api', method: 'POST' }],
  [statementsPath, { target: 'api', method: 'GET' }],
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
  switch (incoming.path) {
    case tokenPath: {
      const form = formMembers(incoming)
      const clientId = knownClient(parts.clients, form)
      const grant = form.grant_type
      if (grant === 'client_credentials') return { kind: 'client_credentials', clientId, user: undefined }
      if (grant !== tokenExchangeGrant) return { kind: 'other', clientId, user: undefined }
      return { kind: 'token_exchange', clientId, user: subjectOf(form) }
    }
    case revocationPath: {
      const form = formMembers(incoming)
      const user = parts.accessTokens.find(textMember(form, 'token') ?? '')?.sub
      return { kind: 'revoke', clientId: knownClient(parts.clients, form), user }
    }
    case gatewayPath:
      return { kind: 'gateway', ...(await insideWidgetToken(parts.clients, bearerToken(incoming))) }
    case accountsPath:
      return { kind: 'bank_accounts', ...ownerOf(incoming, parts.accessTokens) }
    case transfersPath:
      return { kind: 'transfers', ...ownerOf(incoming, parts.accessTokens) }
    case statementsPath:
      return { kind: 'statements', ...ownerOf(incoming, parts.accessTokens) }
    default:
      return { kind: 'other', clientId: undefined, user: undefined }
  }
}

type Owner = Omit<Identity, 'kind'>

function ownerOf(incoming: Incoming, accessTokens: AccessTokens): Owner {
  const token = accessTokens.find(bearerToken(incoming) ?? '')
  return { clientId: token?.clientId, user: token?.sub }
}

async function insideWidgetToken(clients: Clients, token: string | undefined): Promise<Owner> {
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
