import type { Clients } from '../clients.js'
import type { DisabledUsers } from '../exchange/disabled-users.js'
import type { GrantedExchange } from '../exchange/exchange.js'
import { type Answer, jsonAnswer, problem } from '../http/answer.js'
import { bearerToken, type Incoming } from '../http/incoming.js'
import type { PlatformClock } from '../platform-clock.js'
import { SandboxRefusal } from '../refusal.js'
import { shortHash } from '../short-hash.js'
import { acceptWidgetToken } from './widget-token.js'

export const gatewayPath = '/api/widget-gateway/init'

export interface GatewayParts {
  clients: Clients
  clock: PlatformClock
  disabledUsers: DisabledUsers
  accessTokenLifetimeSeconds: number
  issue: (granted: GrantedExchange) => Promise<string>
}

/** A widget's first call: opens the widget token, runs the exchange in it, and starts the browser's session. */
export async function startWidget(incoming: Incoming, parts: GatewayParts): Promise<Answer> {
  try {
    const token = bearerToken(incoming)
    if (token === undefined) {
      throw new SandboxRefusal(401, 'widget_token_missing', 'Authorization: Bearer <widget token> is missing')
    }
    const { client, granted } = await acceptWidgetToken(parts, token)
    return jsonAnswer(200, {
      organizationId: client.organizationIds[0],
      userId: userIdOf(granted),
      status: 'active',
      scopes: granted.scopes,
      bankName: client.bankName,
      accessToken: await parts.issue(granted),
      expiresIn: parts.accessTokenLifetimeSeconds,
    })
  } catch (error) {
    if (!(error instanceof SandboxRefusal)) throw error
    const forbidden = error.error === 'access_denied'
    return problem(
      {
        status: forbidden ? 403 : 401,
        title: 'The widget cannot start',
        errorCode: error.error,
        detail: error.errorDescription,
      },
      incoming.path,
    )
  }
}

/** The platform looks its users up by e-mail address, for each client. */
function userIdOf({ clientId, email }: GrantedExchange): string {
  return `usr_${shortHash('user', clientId, email)}`
}
