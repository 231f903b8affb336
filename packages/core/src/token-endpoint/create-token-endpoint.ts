import type { CredentialsHolder, Settings } from '../configuration/settings.js'
import type { Observer } from '../observer.js'
import type { TokenEndpoint } from './token-endpoint.js'

export function createTokenEndpoint(_parts: {
  settings: Pick<
    Settings,
    'baseUrl' | 'fetch' | 'clock' | 'timeouts' | 'attempts' | 'requestsPerSecond' | 'revocationUrl'
  >
  credentials: CredentialsHolder
  observer: Observer
}): TokenEndpoint {
  throw new Error('under way')
}
