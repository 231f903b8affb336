import { ConfigurationError, isTesouroTokensError } from '../errors.js'
import type { Abortable } from '../lib/shared-abort.js'
import type { Settings } from './settings.js'

/** Where an application token comes from: the client of the token endpoint fits. */
interface ApplicationTokens {
  clientCredentials(options: { signal: Abortable }): Promise<unknown>
  /** Milliseconds by which this machine's clock is ahead; `undefined` while it is near enough. */
  readonly clockAheadMs: number | undefined
}

/**
 * Asks the platform for one application token. Nothing is taken from the cache or put into it: only an answer of the
 * platform proves that the address and the credentials are right.
 *
 * @throws ConfigurationError when the platform refuses the credentials, when what answers is not the platform, or when the
 * clocks are more than a minute apart
 * @throws UpstreamUnavailableError, RateLimitedError while the platform cannot be asked
 */
export async function checkPlatform(
  { settings, tokenEndpoint }: { settings: Settings; tokenEndpoint: ApplicationTokens },
  signal: Abortable,
): Promise<void> {
  try {
    await tokenEndpoint.clientCredentials({ signal })
  } catch (error) {
    const { origin } = settings.baseUrl
    if (isTesouroTokensError(error, 'token_endpoint')) {
      throw new ConfigurationError([
        `clientId and clientSecret: ${origin} refuses them for an application token (${error.status}${
          error.error === undefined ? '' : ` ${error.error}`
        }). The id and the secret must belong together and to this environment: sandbox and production share no credentials`,
      ])
    }
    if (isTesouroTokensError(error, 'upstream_response')) {
      throw new ConfigurationError([
        `baseUrl: what answers at ${origin} is not the platform (${error.message}). Check the host and the port`,
      ])
    }
    throw error
  }
  const { clockAheadMs } = tokenEndpoint
  if (clockAheadMs !== undefined) throw new ConfigurationError([clockProblem(clockAheadMs)])
}

function clockProblem(aheadMs: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(aheadMs) / 60_000))
  return (
    `clock: this machine's clock is ${minutes} min ${aheadMs > 0 ? 'ahead of' : 'behind'} the platform's, which refuses ` +
    'tokens that are made more than a minute off. Synchronize it (NTP)'
  )
}
