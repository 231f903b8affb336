import type { CacheAccess } from '../cache/cache-access.js'
import { ConfigurationError, isTesouroTokensError } from '../errors.js'
import type { Abortable } from '../lib/deadline.js'
import type { CredentialsHolder, Settings } from './settings.js'

/**
 * Checks what could not be checked without waiting.
 *
 * @throws ConfigurationError with every problem found
 */
export async function checkReady(
  parts: { settings: Settings; credentials: CredentialsHolder; cache: CacheAccess },
  closing: Abortable,
): Promise<void> {
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
  // The cache has been left by then.
  if (closing.aborted) throw closing.reason
  // One that is away for now keeps nobody from starting: calls go on without it, and its failure has been told.
  const refusal = await cache.refusesLogouts(closing)
  if (refusal?.retryable === false) {
    problems.push(`cache: it cannot record and announce logouts: ${refusal.message}`)
  }
  if (problems.length > 0) throw new ConfigurationError(problems, { retryable })
}
