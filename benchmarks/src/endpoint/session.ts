import type { User } from '../users.js'

/** Stands for a session: the load names a user in this header, as a cookie would. */
export const sessionHeader = 'x-session'

export function userOf(header: string | string[] | null | undefined): User | null {
  return typeof header === 'string' ? { sub: header, email: `${header}@bank.example` } : null
}

/** As long as a real answer. */
export const constantAnswer = {
  widgetToken: 'x'.repeat(1_150),
  exp: 1_800_000_000,
  expiresIn: 480,
} as const
