import { accessOf } from './client-access.js'
import { acceptWidgetToken } from './gateway/widget-token.js'
import type { PipelineParts } from './pipeline.js'
import { revocationPath } from './provider/provider.js'
import type { Sandbox } from './sandbox.js'

/** What a test holds in its hands, around a platform that runs. */
export function createSandbox(baseUrl: string, parts: PipelineParts, close: () => Promise<void>): Sandbox {
  const { clients, users, accessTokens, engine, recorder, transfers } = parts
  const first = accessOf(baseUrl, clients.first)
  return {
    baseUrl,
    revocationPath,
    clientId: first.clientId,
    get options() {
      return first.options
    },
    get env() {
      return first.env
    },
    faults: engine.faults,
    client(clientId) {
      const client = clients.find(clientId)
      if (client === undefined) throw new TypeError('the sandbox has no such client')
      return accessOf(baseUrl, client)
    },
    async openWidgetToken(widgetToken) {
      const { granted, iat, exp, secrets } = await acceptWidgetToken(parts, widgetToken)
      const { clientId, sub, email, claims, parameters } = granted
      return { clientId, sub, email, claims, parameters, iat, exp, secrets }
    },
    openAccessToken(accessToken) {
      const token = accessTokens.find(accessToken)
      if (token === undefined) return undefined
      const { revoked, expiredAs, ...record } = token
      return { ...record, active: !revoked && !accessTokens.isExpired(token) }
    },
    stats: () => recorder.stats(),
    count: (filter = {}) => recorder.count(filter),
    requests: () => recorder.requests(),
    resetStats: parts.reset,
    transfers: () => transfers.list(),
    disableUser: (sub, error = 'invalid_grant') => users.disable(sub, error),
    rotateSecrets: (rotation = {}) => clients.rotate(rotation),
    close,
    [Symbol.asyncDispose]: close,
  }
}
