import { dropOldest } from '../drop-oldest.js'
import { SandboxRefusal } from '../refusal.js'
import { shortHash } from '../short-hash.js'
import type { SandboxUser } from './declared.js'

const maxUsers = 10_000

type Disabled = 'invalid_grant' | 'access_denied'

/** A user as `GET /identity/v1/users` lists it. */
export interface ListedUser {
  id: string
  email: string
  status: 'active' | 'disabled'
}

/** The users of the platform: declared, created over HTTP, or known since their first sign-in. */
export interface Users {
  /**
   * Checks a sign-in. Gives what was declared for this user.
   *
   * @throws SandboxRefusal for a disabled user
   */
  admit(clientId: string, subject: { sub: string; email: string }): SandboxUser | undefined
  /** What was declared for this e-mail address. */
  declared(clientId: string, email: string): SandboxUser | undefined
  /** Remembers a user: one who signed in, or is created. `false`: the client had that user already. */
  add(clientId: string, email: string): boolean
  list(clientId: string): ListedUser[]
  /** Refuses exchanges for a `sub` of every client. Returns the way back. */
  disable(sub: string, error: Disabled): () => void
}

/** The platform looks its users up by e-mail address, for each client. */
export function userIdOf(clientId: string, email: string): string {
  return `usr_${shortHash('user', clientId, email)}`
}

export function createUsers(given: readonly SandboxUser[]): Users {
  const declaredBy = new Map(given.map((user) => [nameOf(user.clientId, user.email), user]))
  const known = new Map<string, { clientId: string; email: string }>()
  const disabled = new Map<string, Disabled>()

  const declared: Users['declared'] = (clientId, email) =>
    declaredBy.get(nameOf(clientId, email)) ?? declaredBy.get(nameOf(undefined, email))
  const isDisabled = (clientId: string, email: string): boolean =>
    declared(clientId, email)?.status === 'disabled'

  return {
    admit(clientId, { sub, email }) {
      const error = disabled.get(sub) ?? (isDisabled(clientId, email) ? 'invalid_grant' : undefined)
      if (error !== undefined) throw new SandboxRefusal(400, error, 'the user is disabled')
      return declared(clientId, email)
    },
    declared,
    add(clientId, email) {
      const name = nameOf(clientId, email)
      if (known.has(name)) return false
      known.set(name, { clientId, email })
      dropOldest(known, maxUsers)
      return !declared(clientId, email)
    },
    list(clientId) {
      const emails = new Map<string, string>()
      for (const user of given) {
        if ((user.clientId ?? clientId) === clientId) emails.set(user.email.toLowerCase(), user.email)
      }
      for (const user of known.values()) {
        const name = user.email.toLowerCase()
        if (user.clientId === clientId && !emails.has(name)) emails.set(name, user.email)
      }
      return [...emails.values()].map((email) => ({
        id: userIdOf(clientId, email),
        email,
        status: isDisabled(clientId, email) ? 'disabled' : 'active',
      }))
    },
    disable(sub, error) {
      disabled.set(sub, error)
      return () => {
        disabled.delete(sub)
      }
    },
  }
}

const nameOf = (clientId: string | undefined, email: string): string =>
  JSON.stringify([clientId, email.toLowerCase()])
