import { createAccessTokens } from './access-tokens/access-tokens.js'
import { createLogouts } from './access-tokens/logout.js'
import { createCacheAccess } from './cache/cache-access.js'
import { closeWithLastUser } from './cache/close-with-last-user.js'
import { connectCache } from './cache/connect-cache.js'
import { memoryTokenCache } from './cache/memory-token-cache.js'
import { createCalls } from './calls.js'
import { createCredentialsHolder } from './configuration/credentials.js'
import { optionsFromEnv, type TesouroTokensFromEnvOptions } from './configuration/from-env.js'
import type { TesouroTokensOptions } from './configuration/options.js'
import { readOptions } from './configuration/read-options.js'
import type { Settings } from './configuration/settings.js'
import { createNames } from './identity/cache-names.js'
import { createInstance } from './instance.js'
import { createUpstreamBudget } from './limits/upstream-budget.js'
import { createObserver } from './observer.js'
import { createPlatformFetch } from './platform/platform-fetch.js'
import { createTokenEndpoint } from './token-endpoint/create-token-endpoint.js'
import type { TesouroTokens } from './tokens.js'
import { createWidgetTokenMinter } from './widget-token/mint.js'

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
 * `TESOURO_SUBJECT_TOKEN_KEY` (PEM or JWK), `_ALGORITHM`, `_KEY_ID`, `_ISSUER`, `_AUDIENCE`.
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
  const { clock, timeouts, waitUntil } = settings
  const observer = createObserver(settings.onEvent)
  const credentials = createCredentialsHolder({ settings, observer })
  const budget = createUpstreamBudget({ settings, observer })
  const given = settings.cache ?? memoryTokenCache({ clock })
  const { cacheMs } = timeouts
  const { store, linked } = connectCache(given, { clock, cacheMs, emit: (event) => observer.emit(event) })
  const closeStore = closeWithLastUser(given)
  const cache = createCacheAccess(linked, { cacheMs, observer, closeStore })

  return createInstance({
    settings,
    observer,
    credentials,
    store,
    names: createNames({ settings, credentials, observer }),
    cache,
    calls: createCalls({ callMs: timeouts.callMs }),
    accessTokens: createAccessTokens({ cache, clock, observer, callMs: timeouts.callMs, waitUntil }),
    logouts: createLogouts({ cache, cacheMs, observer }),
    tokenEndpoint: createTokenEndpoint({ settings, credentials, budget, observer }),
    minter: createWidgetTokenMinter({ settings, credentials }),
    platformFetch: createPlatformFetch({ settings, credentials, budget }),
  })
}
