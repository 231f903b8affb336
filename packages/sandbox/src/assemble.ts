import { createTokenSigner } from './access-token-jwt.js'
import { createAccessTokens } from './access-tokens.js'
import { createPages } from './api/pages.js'
import { createTransfers } from './api/transfers.js'
import { createClients } from './clients.js'
import { createFaultEngine } from './faults/engine.js'
import type { PipelineParts } from './pipeline.js'
import { createPlatformClock } from './platform-clock.js'
import { createAsk } from './provider/ask.js'
import { createProvider, issueAccessToken } from './provider/provider.js'
import { createRateLimit } from './rate-limit.js'
import type { Settings } from './settings.js'
import { createRecorder } from './stats.js'
import { createUsers } from './users/users.js'

/** Makes everything that a platform at this address consists of. */
export function assemble(settings: Settings, baseUrl: string, closing: AbortSignal): PipelineParts {
  const { draw, log, graphql, recordBodies, accessTokenLifetimeSeconds } = settings
  const clock = createPlatformClock(settings.clock)
  const clients = createClients(settings.clients, draw)
  const users = createUsers(settings.users)
  const signer = createTokenSigner(draw.keyPair('access tokens'), baseUrl)
  const accessTokens = createAccessTokens(clock, signer, settings.accessTokenOwnLifetimeSeconds)
  const provider = createProvider(baseUrl, {
    clients,
    accessTokens,
    users,
    clock,
    accessTokenLifetimeSeconds,
  })
  const transfers = createTransfers()
  const recorder = createRecorder()
  return {
    clients,
    users,
    clock,
    accessTokens,
    accessTokenLifetimeSeconds,
    transfers,
    recorder,
    log,
    graphql,
    recordBodies,
    closing,
    ownHost: new URL(baseUrl).host,
    engine: createFaultEngine({ accessTokens, clock }),
    pages: createPages(draw.bytes('pagination tokens', 32), settings.shortPages),
    rateLimit: createRateLimit(settings.rateLimit),
    ask: createAsk(provider, accessTokens),
    issue: async (granted) => accessTokens.valueOf(await issueAccessToken(provider, users, granted)),
    reset() {
      recorder.reset()
      transfers.reset()
    },
  }
}
