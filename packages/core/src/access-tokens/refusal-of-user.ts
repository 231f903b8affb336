import { isTesouroTokensError, type TesouroTokensError } from '../errors.js'

const aboutTheClient: readonly (string | undefined)[] = [
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
]

/** Whether the platform refused this user's request, rather than the client or in passing. */
export function isRefusalOfUser(error: unknown): error is TesouroTokensError {
  return (
    isTesouroTokensError(error, 'token_endpoint') &&
    error.status !== 401 &&
    !aboutTheClient.includes(error.error)
  )
}
