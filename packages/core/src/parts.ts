import type { AccessTokens } from './access-tokens/access-tokens.js'
import type { Logouts } from './access-tokens/logout.js'
import type { CacheAccess } from './cache/cache-access.js'
import type { TokenCache } from './cache/token-cache.js'
import type { Calls } from './calls.js'
import type { CredentialsHolder, Settings } from './configuration/settings.js'
import type { Names } from './identity/cache-names.js'
import type { Observer } from './observer.js'
import type { PlatformFetch } from './platform/platform-fetch.js'
import type { TokenEndpoint } from './token-endpoint/token-endpoint.js'
import type { WidgetTokenMinter } from './widget-token/mint.js'

/** Everything that an instance puts together. */
export interface Parts {
  settings: Settings
  observer: Observer
  credentials: CredentialsHolder
  store: TokenCache
  names: Names
  cache: CacheAccess
  calls: Calls
  accessTokens: AccessTokens
  logouts: Logouts
  tokenEndpoint: TokenEndpoint
  minter: WidgetTokenMinter
  platformFetch: PlatformFetch
}
