import { AccessTokens } from './access-tokens/access-tokens.js'
import { Logouts } from './access-tokens/logout.js'
import { CacheAccess } from './cache/cache-access.js'
import { memoryTokenCache } from './cache/memory-token-cache.js'
import type { CacheUser } from './cache/shared/circuit-breaker.js'
import { Calls } from './calls.js'
import { createCredentialsHolder } from './configuration/credentials.js'
import { optionsFromEnv, type TesouroTokensFromEnvOptions } from './configuration/from-env.js'
import type { TesouroTokensOptions } from './configuration/options.js'
import { readOptions } from './configuration/read-options.js'
import type { Settings } from './configuration/settings.js'
import { CacheNames } from './identity/token-key.js'
import { createInstance } from './instance.js'
import { andThen } from './lib/promises.js'
import { createUpstreamBudget } from './limits/upstream-budget.js'
import { createObserver } from './observer.js'
import { createPlatformFetch } from './platform/platform-fetch.js'
import { createTokenEndpoint } from './token-endpoint/create-token-endpoint.js'
import type { TesouroTokens } from './tokens.js'
import { createWidgetTokenMinter } from './widget-token/mint.js'
import { MintCalls } from './widget-token/mint-call.js'

/**
 * Makes the object that does everything: one for each client id, for the life of the process.
 *
 * @throws ConfigurationError with every problem found, naming options and never their values
 *
 * @example
 * ```ts
 * import { createTesouroTokens, signedSubjectToken } from '@tesouro-tokens/core'
 *
 * export const tokens = createTesouroTokens({
 *   environment: 'sandbox',
 *   clientId: process.env.TESOURO_CLIENT_ID,
 *   clientSecret: process.env.TESOURO_CLIENT_SECRET,
 *   widgetSecret: process.env.TESOURO_WIDGET_SECRET,
 *   subjectToken: signedSubjectToken({
 *     key: process.env.TESOURO_SUBJECT_TOKEN_KEY ?? '',
 *     algorithm: 'ES256',
 *     issuer: 'https://bank.example',
 *   }),
 * })
 * ```
 */
export function createTesouroTokens(options: TesouroTokensOptions): TesouroTokens {
  return connect(readOptions(options))
}

/**
 * The same, with what `options` does not give taken from the environment: `TESOURO_CLIENT_ID`,
 * `TESOURO_CLIENT_SECRET`, `TESOURO_WIDGET_SECRET`, `TESOURO_ENVIRONMENT` or `TESOURO_BASE_URL`, and
 * `TESOURO_SUBJECT_TOKEN_KEY` (PEM or JWK), `_ALGORITHM`, `_KEY_ID`, `_ISSUER`, `_AUDIENCE`. For a cache that processes
 * share, `cacheKeysFromEnv` reads `TESOURO_CACHE_KEYS`.
 *
 * @throws ConfigurationError with every problem found, naming variables and never their values
 *
 * @example
 * ```ts
 * import { tesouroTokensFromEnv } from '@tesouro-tokens/core'
 *
 * export const tokens = tesouroTokensFromEnv({ requestsPerSecond: 10 })
 * ```
 */
export function tesouroTokensFromEnv(options: TesouroTokensFromEnvOptions = {}): TesouroTokens {
  return connect(optionsFromEnv(options))
}

function connect(settings: Settings): TesouroTokens {
  const { baseUrl, cacheNameKey, clock, timeouts, waitUntil } = settings
  const { callMs, cacheMs } = timeouts
  const observer = createObserver(settings)
  const credentials = createCredentialsHolder({ settings, observer })
  const budget = createUpstreamBudget({ settings, observer })
  const emit: CacheUser['emit'] = (event) => observer.emit(event)
  const cache = new CacheAccess(settings.cache ?? memoryTokenCache({ clock }), { clock, cacheMs, emit })
  const names = new CacheNames({
    baseUrl,
    cacheNameKey,
    clientId:
      settings.credentials.fixed?.clientId ??
      (() => andThen(credentials.current(), ({ clientId }) => clientId)),
  })

  return createInstance({
    settings,
    observer,
    credentials,
    names,
    cache,
    calls: new Calls({ people: cache.people, callMs }),
    accessTokens: new AccessTokens({ cache, clock, observer, callMs, cacheMs, waitUntil }),
    logouts: new Logouts({ cache, observer }),
    tokenEndpoint: createTokenEndpoint({ settings, credentials, budget, observer }),
    minting: new MintCalls({
      minter: createWidgetTokenMinter({ settings, credentials }),
      names,
      cache,
      observer,
      clock,
    }),
    platformFetch: createPlatformFetch({ settings, credentials, budget }),
  })
}
