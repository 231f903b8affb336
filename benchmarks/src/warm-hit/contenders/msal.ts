import { createHash } from 'node:crypto'
import { assertionOf, msalApplication, scopes } from '../../../peers/msal.js'
import { startTokenEndpoint } from '../../exchanges/counting-token-endpoint.js'
import { userNumber, usersAtRandom } from '../../users.js'

/**
 * Gets one token in the ordinary way, and fills the cache with copies of it under other users' names: each
 * ordinary call looks through all that is there, so that 100,000 of them would take a day.
 */
export async function create(users: string): Promise<() => unknown> {
  const endpoint = await startTokenEndpoint(86_400)
  const app = msalApplication(endpoint.origin)
  const first = userNumber(0)
  await app.acquireTokenOnBehalfOf({ oboAssertion: assertionOf(first), scopes })
  await endpoint.close()

  const template = app.getTokenCache().serialize()
  const filled: { [kind: string]: { [name: string]: unknown } } = {}
  for (let number = 0; number < Number(users); number += 1) {
    const user = userNumber(number)
    const copy = template
      .replaceAll(first.sub, user.sub)
      .replaceAll(hashOf(assertionOf(first)), hashOf(assertionOf(user)))
    for (const [kind, entries] of Object.entries(JSON.parse(copy))) {
      filled[kind] = Object.assign(filled[kind] ?? {}, entries)
    }
  }
  app.getTokenCache().deserialize(JSON.stringify(filled))

  const user = usersAtRandom(Number(users))
  return async () => {
    const token = await app.acquireTokenOnBehalfOf({ oboAssertion: assertionOf(user()), scopes })
    if (token?.fromCache !== true) throw new Error('a warm call was none')
  }
}

function hashOf(assertion: string): string {
  return createHash('sha256').update(assertion).digest('base64url')
}
