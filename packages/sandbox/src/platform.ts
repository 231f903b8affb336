import type { AccessTokens } from './access-tokens.js'
import { accountsPath, listAccounts } from './api/accounts.js'
import { withSession } from './api/session.js'
import { readStatement, statementsPath } from './api/statements.js'
import { type Transfers, transfersPath } from './api/transfers.js'
import { type GatewayParts, gatewayPath, startWidget } from './gateway/gateway.js'
import { type Answer, problem } from './http/answer.js'
import type { Incoming } from './http/incoming.js'
import { revocationPath, tokenPath } from './provider/provider.js'
import { routes } from './routes.js'

export interface PlatformParts extends GatewayParts {
  accessTokens: AccessTokens
  transfers: Transfers
  /** Puts a request to the authorization server. */
  ask: (incoming: Incoming) => Promise<Answer>
}

/** The platform's answer to a request, as if nothing ever went wrong. */
export async function answerTo(incoming: Incoming, parts: PlatformParts): Promise<Answer> {
  const { path, method, body } = incoming
  const route = routes.get(path)
  if (route === undefined) return failure(incoming, 404, 'not_found', 'There is nothing here.')
  if (method !== route.method) {
    const refused = failure(incoming, 405, 'method_not_allowed', `Only ${route.method} is allowed here.`)
    return { ...refused, headers: { ...refused.headers, allow: route.method } }
  }
  if (body === undefined) return failure(incoming, 413, 'too_large', 'The body is longer than 1 MiB.')

  switch (path) {
    case tokenPath:
    case revocationPath:
      return await parts.ask(incoming)
    case gatewayPath:
      return await startWidget(incoming, parts)
    case accountsPath:
      return withSession(incoming, { ...parts, scope: 'bank_account:read:org' }, (session) =>
        listAccounts(incoming, session),
      )
    case transfersPath:
      return withSession(incoming, { ...parts, scope: 'transfer:write:org' }, (session) =>
        parts.transfers.create(incoming, session),
      )
    case statementsPath:
      return withSession(incoming, { ...parts, scope: 'statement:read:org' }, () => readStatement(incoming))
    default:
      return failure(incoming, 404, 'not_found', 'There is nothing here.')
  }
}

function failure(incoming: Incoming, status: number, errorCode: string, detail: string): Answer {
  return problem({ status, errorCode, title: 'The request cannot be served', detail }, incoming.path)
}
