import type { Clients } from '../clients.js'
import type { GrantedExchange } from '../exchange/exchange.js'
import { type Answer, jsonAnswer, problem } from '../http/answer.js'
import { bearerToken, type Incoming } from '../http/incoming.js'
import type { PlatformClock } from '../platform-clock.js'
import { SandboxRefusal } from '../refusal.js'
import { type Users, userIdOf } from '../users/users.js'
import { acceptWidgetToken } from './widget-token.js'

export const gatewayPath = '/api/widget-gateway/init'

export interface GatewayParts {
  clients: Clients
  clock: PlatformClock
  users: Users
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
      bankName: client.bankName,
      disclosuresAccepted: true,
      disclosuresRequired: 'NOT_REQUIRED',
      organizationId: client.organizationIds[0],
      organizationTypes: ['EMBEDDED'],
      scopes: granted.scopes,
      status: 'ACTIVE',
      userId: userIdOf(granted.clientId, granted.email),
      vspName: 'Sandbox VSP',
      // how the widget's own access token is called is not published
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
