import type { LeaseFailure } from '../cache/token-cache.js'
import { isTesouroTokensError, type TesouroTokensError } from '../errors.js'

const aboutTheClient: readonly (string | undefined)[] = [
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
]

/** Whom a failed exchange concerns: nobody for long, this user, or every user of the client. */
export function failureKind(error: TesouroTokensError): LeaseFailure['kind'] {
  if (error.code === 'rate_limited' || error.code === 'configuration') return 'client'
  if (error.code !== 'token_endpoint' || error.status >= 500) return 'passing'
  return error.status === 401 || aboutTheClient.includes(error.error) ? 'client' : 'user'
}

/** Whether the platform refused this user's request, rather than the client, or for a passing reason. */
export function isRefusalOfUser(error: unknown): error is TesouroTokensError {
  return isTesouroTokensError(error) && failureKind(error) === 'user'
}
