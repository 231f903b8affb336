import type { CacheAccess } from '../cache/cache-access.js'
import { ConfigurationError, isTesouroTokensError } from '../errors.js'
import type { CredentialsHolder, Settings } from './settings.js'

/**
 * Checks what could not be checked without waiting.
 *
 * @throws ConfigurationError with every problem found
 */
export async function checkReady(parts: {
  settings: Settings
  credentials: CredentialsHolder
  cache: CacheAccess
}): Promise<void> {
  const { settings, credentials, cache } = parts
  const problems: string[] = []
  let retryable = false
  const collect = (error: unknown): void => {
    if (!isTesouroTokensError(error, 'configuration')) throw error
    problems.push(...error.problems)
    retryable ||= error.retryable
  }

  await Promise.resolve(credentials.current()).catch(collect)
  await settings.subjectToken?.ready(settings).catch(collect)
  const answers = await cache.answers()
  const refusal = await cache.refusesLogouts()
  // A store that refuses for good does not answer either, and only the refusal names the cause.
  if (!answers && refusal?.retryable !== false) {
    problems.push(
      'cache: it did not answer, or not in time. Is its server running and reachable? `npx @tesouro-tokens/cli doctor` looks at REDIS_URL',
    )
    retryable = true
  } else if (refusal !== undefined) {
    problems.push(`cache: it cannot record and announce logouts: ${refusal.message}`)
    retryable ||= refusal.retryable
  }
  if (problems.length > 0) throw new ConfigurationError(problems, { retryable })
}
