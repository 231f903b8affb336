import { createTesouroTokens, unsecuredSubjectToken } from '@tesouro-tokens/core'
import { IdentityPoolClient } from 'google-auth-library'
import { UnsecuredJWT } from 'jose'
import { assertionOf, msalApplication, scopes } from '../../peers/msal.js'
import { credentials } from '../credentials.js'
import type { Role } from '../measure/alternate.js'
import { userNumber } from '../users.js'

/** Something that gives a user's access token, new and with an empty cache. */
export interface Caller {
  name: string
  role: Role
  create(origin: string): { getToken(): Promise<unknown>; close?(): Promise<void> }
}

const user = userNumber(1)
const tokenPath = '/openid/connect/token'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

export const callers: readonly Caller[] = [
  {
    name: 'ours',
    role: 'ours',
    create(origin) {
      const subjectToken = unsecuredSubjectToken()
      const tokens = createTesouroTokens({ baseUrl: origin, ...credentials, subjectToken })
      return { getToken: () => tokens.getUserAccessToken(user), close: () => tokens.close() }
    },
  },
  {
    name: '@azure/msal-node',
    role: 'peer',
    create(origin) {
      const app = msalApplication(origin)
      const oboAssertion = assertionOf(user)
      return { getToken: () => app.acquireTokenOnBehalfOf({ oboAssertion, scopes }) }
    },
  },
  {
    name: 'google-auth-library',
    role: 'peer',
    create(origin) {
      const client = new IdentityPoolClient({
        type: 'external_account',
        audience: 'bank',
        subject_token_type: accessTokenType,
        token_url: `${origin}${tokenPath}`,
        subject_token_supplier: { getSubjectToken: async () => new UnsecuredJWT({ ...user }).encode() },
      })
      return { getToken: () => client.getAccessToken() }
    },
  },
  {
    name: 'naive loop',
    role: 'peer',
    create: (origin) => ({ getToken: () => exchangeEachTime(origin) }),
  },
]

/** What is written first: an exchange whenever a token is wanted. */
async function exchangeEachTime(origin: string): Promise<string> {
  const answer = await fetch(`${origin}${tokenPath}`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      subject_token: new UnsecuredJWT({ ...user }).encode(),
      subject_token_type: accessTokenType,
    }),
  })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return token
}
