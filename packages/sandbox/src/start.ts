import { setMaxListeners } from 'node:events'
import { createTokenSigner } from './access-token-jwt.js'
import { createAccessTokens } from './access-tokens.js'
import { createPages } from './api/pages.js'
import { createTransfers } from './api/transfers.js'
import { accessOf } from './client-access.js'
import { createClients } from './clients.js'
import type { GrantedExchange } from './exchange/exchange.js'
import { createFaultEngine } from './faults/engine.js'
import { acceptWidgetToken } from './gateway/widget-token.js'
import type { StartSandboxOptions } from './options.js'
import { serve } from './pipeline.js'
import { createPlatformClock } from './platform-clock.js'
import { createAsk } from './provider/ask.js'
import { createProvider, issueAccessToken, revocationPath } from './provider/provider.js'
import { createRateLimit } from './rate-limit.js'
import type { Sandbox } from './sandbox.js'
import { listen, urlOf } from './server.js'
import { readOptions } from './settings.js'
import { createRecorder } from './stats.js'
import { createUsers } from './users/users.js'

/**
 * Starts the platform on localhost: token endpoint (RFC 6749, RFC 8693), revocation (RFC 7009), widget gateway and
 * a small bank, on a free port of 127.0.0.1. Everything is kept in memory and gone after `close()`; with a `seed`, secrets
 * and keys are the same again at the next start, and access tokens from before stay good.
 *
 * @param options every one is optional; see {@link StartSandboxOptions} for units and defaults
 * @throws TypeError when an option is wrong; SandboxStartError when the port is taken or the host is not this machine's
 *
 * @example
 * ```ts
 * import { startSandbox } from '@tesouro-tokens/sandbox'
 *
 * const sandbox = await startSandbox({ accessTokenLifetimeSeconds: 60 })
 * const undo = sandbox.faults.status(503, { on: 'token' })
 * undo()
 * console.log(sandbox.count({ kind: 'token_exchange', user: 'u_1' }))
 * await sandbox.close()
 * ```
 */
export async function startSandbox(options: StartSandboxOptions = {}): Promise<Sandbox> {
  const { port, host, draw, rateLimit, accessTokenLifetimeSeconds, ...settings } = readOptions(options)
  const clock = createPlatformClock(settings.clock)
  const clients = createClients(settings.clients, draw)
  const users = createUsers(settings.users)
  const transfers = createTransfers()
  const recorder = createRecorder()
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)
  const reset = (): void => {
    recorder.reset()
    transfers.reset()
  }

  const server = await listen(port, host)
  const baseUrl = urlOf(host, server.port)
  const signer = createTokenSigner(draw.keyPair('access tokens'), baseUrl)
  const accessTokens = createAccessTokens(clock, signer, settings.accessTokenOwnLifetimeSeconds)
  const engine = createFaultEngine({ accessTokens, clock })
  const core = { clients, accessTokens, users, clock, accessTokenLifetimeSeconds }
  const provider = createProvider(baseUrl, core)
  const parts = {
    ...core,
    transfers,
    recorder,
    engine,
    reset,
    log: settings.log,
    graphql: settings.graphql,
    recordBodies: settings.recordBodies,
    pages: createPages(draw.bytes('pagination tokens', 32), settings.shortPages),
    rateLimit: createRateLimit(rateLimit),
    ask: createAsk(provider, accessTokens),
    issue: async (granted: GrantedExchange) =>
      accessTokens.valueOf(await issueAccessToken(provider, users, granted)),
    closing: closing.signal,
  }
  server.serve((request, response) => serve(request, response, parts))

  const first = accessOf(baseUrl, clients.first)
  const close = async (): Promise<void> => {
    closing.abort()
    await server.close()
  }
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
    resetStats: reset,
    transfers: () => transfers.list(),
    disableUser: (sub, error = 'invalid_grant') => users.disable(sub, error),
    rotateSecrets: (rotation = {}) => clients.rotate(rotation),
    close,
    [Symbol.asyncDispose]: close,
  }
}
