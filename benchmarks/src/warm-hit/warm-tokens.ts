import { createTesouroTokens, type TokenCache, unsecuredSubjectToken } from '@tesouro-tokens/core'
import { credentials } from '../credentials.js'
import { inFlight } from '../measure/in-flight.js'
import { userNumber, usersAtRandom } from '../users.js'

const answer = {
  access_token: 'an-access-token-as-long-as-an-opaque-one-0123456789',
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
  expires_in: 86_400,
}

/** Calls for the token of one of many users, all of whose tokens are in the cache; none may be exchanged again. */
export async function warmTokens(cache: TokenCache, users: number): Promise<() => unknown> {
  let filled = false
  const tokens = createTesouroTokens({
    environment: 'sandbox',
    ...credentials,
    subjectToken: unsecuredSubjectToken(),
    cache,
    requestsPerSecond: false,
    fetch: async () => {
      if (filled) throw new Error('a warm call went to the token endpoint')
      return Response.json(answer)
    },
  })
  let next = 0
  await inFlight(() => tokens.getUserAccessToken(userNumber(next++)), 32, users)
  filled = true
  const user = usersAtRandom(users)
  return () => tokens.getUserAccessToken(user())
}
