import type { AccessTokens } from './access-tokens.js'
import { accountsPath, listAccounts } from './api/accounts.js'
import { applicationStatus, applicationStatusPath } from './api/application-status.js'
import { answerGraphql, graphqlPath, type SandboxGraphql } from './api/graphql.js'
import type { Pages } from './api/pages.js'
import { type AcceptedScopes, type ApiSession, withSession } from './api/session.js'
import { readStatement, statementsPath } from './api/statements.js'
import { type Transfers, transfersPath } from './api/transfers.js'
import { usersOfClient, usersPath } from './api/users.js'
import { type GatewayParts, gatewayPath, startWidget } from './gateway/gateway.js'
import { type Answer, problem } from './http/answer.js'
import type { Incoming } from './http/incoming.js'
import { otherRevocationPath, revocationPath, tokenPath } from './provider/provider.js'
import type { LimitState } from './rate-limit.js'
import { routes } from './routes.js'

export interface PlatformParts extends GatewayParts {
  accessTokens: AccessTokens
  transfers: Transfers
  pages: Pages
  graphql: SandboxGraphql
  /** Puts a request to the authorization server. */
  ask: (incoming: Incoming) => Promise<Answer>
}

/** The platform's answer to a request, as if nothing ever went wrong. */
export async function answerTo(
  incoming: Incoming,
  limit: LimitState | undefined,
  parts: PlatformParts,
): Promise<Answer> {
  const { path, method, body } = incoming
  const methods = routes.get(path)?.methods
  if (methods !== undefined && !methods.some((allowed) => allowed === method)) {
    const allow = methods.join(', ')
    const refused = failure(incoming, 405, 'method_not_allowed', `Only ${allow} is allowed here.`)
    return { ...refused, headers: { ...refused.headers, allow } }
  }
  if (body === undefined) return failure(incoming, 413, 'too_large', 'The body is longer than 1 MiB.')

  const call = (
    scopes: AcceptedScopes | undefined,
    handle: (session: ApiSession) => Answer | Promise<Answer>,
  ): Promise<Answer> => withSession(incoming, { ...parts, ...(scopes && { scopes }) }, handle)

  switch (path) {
    case tokenPath:
    case revocationPath:
      return await parts.ask(incoming)
    case otherRevocationPath:
      return await parts.ask({ ...incoming, path: revocationPath })
    case gatewayPath:
      return await startWidget(incoming, parts)
    case applicationStatusPath:
      return call(undefined, () => applicationStatus())
    case accountsPath:
      return call(['embedded:account:read', 'bank_account:read:org'], (session) =>
        listAccounts(incoming, session, parts),
      )
    case transfersPath:
      return call(['embedded:transfer:write', 'transfer:write:org'], (session) =>
        parts.transfers.create(incoming, session),
      )
    case statementsPath:
      return call(['embedded:statement:read', 'statement:read:org'], () => readStatement(incoming))
    case usersPath:
      return call(undefined, (session) => usersOfClient(incoming, session, parts))
    case graphqlPath:
      return call(undefined, ({ token }) =>
        answerGraphql(incoming, token.sub, { graphql: parts.graphql, limit }),
      )
    default:
      return failure(incoming, 404, 'not_found', 'There is nothing here.')
  }
}

function failure(incoming: Incoming, status: number, errorCode: string, detail: string): Answer {
  return problem({ status, errorCode, title: 'The request cannot be served', detail }, incoming.path)
}
