import { ConfigurationError, isTesouroTokensError } from '../errors.js'
import type { Abortable } from '../lib/deadline.js'
import type { Settings } from './settings.js'

/** Where an application token comes from: the client of the token endpoint fits. */
export interface ApplicationTokens {
  clientCredentials(options: { signal: Abortable }): Promise<unknown>
  /** Milliseconds by which this machine's clock is ahead; `undefined` while it is near enough. */
  readonly clockAheadMs: number | undefined
}

/**
 * Asks the platform for one application token. Nothing is taken from the cache or put into it: only an answer of the
 * platform proves that the address and the credentials are right.
 *
 * A client that may not have application tokens has proven the same: its refusal comes after the credentials were checked.
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
    const problem = problemOf(error, settings.baseUrl.origin)
    if (problem !== undefined) throw problem
  }
  const { clockAheadMs } = tokenEndpoint
  if (clockAheadMs !== undefined) throw new ConfigurationError([clockProblem(clockAheadMs)])
}

/** RFC 6749 §5.2: the client is authenticated, and may not use this grant. All that was asked for is proven by that. */
const provingRefusals: readonly unknown[] = ['unauthorized_client', 'unsupported_grant_type']

/** What a failure says of the configuration, as an error; `undefined` where it says that all is well. */
function problemOf(error: unknown, origin: string): unknown {
  if (isTesouroTokensError(error, 'token_endpoint')) {
    if (provingRefusals.includes(error.error)) return undefined
    const problem =
      error.error === 'invalid_client'
        ? `clientId and clientSecret: ${origin} refuses them for an application token (${error.status} invalid_client). ` +
          'The id and the secret must belong together and to this environment: sandbox and production share no credentials'
        : `application token: ${error.message}`
    return new ConfigurationError([problem], { requestId: error.requestId })
  }
  if (isTesouroTokensError(error, 'upstream_response')) {
    const problem = `baseUrl: what answers at ${origin} is not the platform: ${error.message}`
    return new ConfigurationError([problem], { requestId: error.requestId })
  }
  return error
}

function clockProblem(aheadMs: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(aheadMs) / 60_000))
  return (
    `clock: this machine's clock is ${minutes} min ${aheadMs > 0 ? 'ahead of' : 'behind'} the platform's, which refuses ` +
    'tokens that are made more than a minute off. Synchronize it (NTP)'
  )
}
