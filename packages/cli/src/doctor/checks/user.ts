import type { TesouroUser } from '@tesouro-tokens/core'
import { isLoopback } from '../../tokens/loopback.js'
import type { CheckContext } from '../check.js'

/**
 * The user for whom tokens are tried: the one that was named. A sandbox of one's own gets an invented one; at the real
 * platform an exchange may create the person, so nobody is invented there.
 */
export function userOf({ baseUrl, options: { user, email, tenant } }: CheckContext): TesouroUser | undefined {
  if (user !== undefined && email !== undefined) return { sub: user, email, tenant }
  if (user !== undefined || email !== undefined || baseUrl === undefined || !isLoopback(baseUrl))
    return undefined
  return { sub: 'doctor', email: 'doctor@example.com', tenant }
}

export const nobody = 'no user was named: give --user and --email of a user who may sign in'
