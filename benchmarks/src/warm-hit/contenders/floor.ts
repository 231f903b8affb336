import { createHash } from 'node:crypto'
import { userNumber, usersAtRandom } from '../../users.js'

/** A hash of who it is and a look-up in a Map. */
export function create(users: string): () => unknown {
  const nameOf = ({ sub, email }: { sub: string; email: string }): string =>
    createHash('sha256')
      .update(JSON.stringify([sub, email]))
      .digest('hex')
  const tokens = new Map<string, { accessToken: string; number: number }>()
  for (let number = 0; number < Number(users); number += 1) {
    tokens.set(nameOf(userNumber(number)), { accessToken: 'an-access-token', number })
  }
  const user = usersAtRandom(Number(users))
  return () => tokens.get(nameOf(user()))
}
