import * as z from 'zod'
import { type Answer, jsonAnswer, problem } from '../http/answer.js'
import { type Incoming, jsonObject } from '../http/incoming.js'
import { type Users, userIdOf } from '../users/users.js'
import type { Pages } from './pages.js'
import { invalidBody, invalidQuery } from './query.js'
import type { ApiSession } from './session.js'

export const usersPath = '/identity/v1/users'

const newUser = z.object({
  email: z
    .string()
    .max(1024)
    .regex(/^[^@\s]+@[^@\s]+$/),
})

/** Lists the client's users, or creates one. Only for the application's own token: a user sees no other users. */
export function usersOfClient(
  incoming: Incoming,
  { token }: ApiSession,
  { pages, users }: { pages: Pages; users: Users },
): Answer {
  const { clientId } = token
  if (token.sub !== undefined) {
    const detail = "This needs the application's own token (client credentials)."
    return problem(
      { status: 403, title: 'Forbidden', errorCode: 'insufficient_scope', detail },
      incoming.path,
    )
  }
  if (incoming.method === 'POST') return createUser(incoming, clientId, users)
  const email = incoming.query.get('email') ?? ''
  const listed = users.list(clientId).filter((user) => email === '' || isSame(user.email, email))
  const page = pages.cut(listed, incoming.query, ['users', clientId, email])
  return typeof page === 'string' ? invalidQuery(incoming, page) : jsonAnswer(200, page)
}

function createUser(incoming: Incoming, clientId: string, users: Users): Answer {
  const body = newUser.safeParse(jsonObject(incoming))
  if (!body.success) return invalidBody(incoming, 'email is missing or is no e-mail address')
  const { email } = body.data
  if (!users.add(clientId, email)) {
    const detail = 'There is a user with this e-mail address.'
    return problem({ status: 409, title: 'Conflict', errorCode: 'user_exists', detail }, incoming.path)
  }
  return jsonAnswer(201, { id: userIdOf(clientId, email), email, status: 'active' })
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
