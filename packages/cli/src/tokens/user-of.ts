import type { TesouroUser } from '@tesouro-tokens/core'
import { UsageError } from '../terminal/usage-error.js'

/**
 * The user that was named on the command line.
 *
 * @throws UsageError when a part is missing
 */
export function userOf(given: { user?: string; email?: string; tenant?: string }): TesouroUser {
  const { user, email, tenant } = given
  const missing = [
    ...(user === undefined ? ['--user <id>'] : []),
    ...(email === undefined ? ['--email <address>'] : []),
  ]
  if (user === undefined || email === undefined) {
    throw new UsageError(`${missing.join(' and ')}: missing, the user for whom the token is`)
  }
  return { sub: user, email, tenant }
}
