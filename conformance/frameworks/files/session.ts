import { randomUUID } from 'node:crypto'
import type { TesouroUser } from '@tesouro-tokens/core'

// Stands for your own sessions; docs/sessions.md has those of libraries.
const sessions = new Map<string, TesouroUser>()

/** The cookie of a new session, for somebody whose password and e-mail address you have checked. */
export function signIn(user: TesouroUser): string {
  const id = randomUUID()
  sessions.set(id, user)
  return `session=${id}; Path=/; HttpOnly; SameSite=Lax`
}

/** The user whose session the request carries. */
export function userOf(cookie: string | null | undefined): TesouroUser | undefined {
  return sessions.get(/(?:^|; )session=([^;]+)/.exec(cookie ?? '')?.[1] ?? '')
}
