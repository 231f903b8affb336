// @azure/msal-node as a backend uses it to call an API in a user's name: the on-behalf-of flow.
import {
  ConfidentialClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
} from '@azure/msal-node'
import { UnsecuredJWT } from 'jose'
import type { User } from '../src/users.js'

const authority = 'https://login.bench.example/tenant'
const tokenPath = '/openid/connect/token'
const authorityMetadata = JSON.stringify({
  issuer: authority,
  authorization_endpoint: `${authority}/authorize`,
  token_endpoint: `${authority}${tokenPath}`,
  end_session_endpoint: `${authority}/logout`,
  jwks_uri: `${authority}/keys`,
})
export const scopes = ['bank']

/** It insists on https: what it sends to its authority goes to `origin` instead. */
export function msalApplication(origin: string): ConfidentialClientApplication {
  const networkClient: INetworkModule = {
    sendGetRequestAsync() {
      throw new Error('nothing is to be discovered: the metadata is given')
    },
    async sendPostRequestAsync<Body>(_: string, { body = '', headers = {} }: NetworkRequestOptions = {}) {
      const answer = await fetch(`${origin}${tokenPath}`, { method: 'POST', headers, body })
      return { status: answer.status, headers: {}, body: (await answer.json()) as Body }
    },
  }
  return new ConfidentialClientApplication({
    auth: {
      clientId: 'client',
      clientSecret: 'not-a-secret',
      authority,
      knownAuthorities: ['login.bench.example'],
      authorityMetadata,
    },
    system: { networkClient },
  })
}

/** The user's own token, which its cache goes by. */
export function assertionOf({ sub, email }: User): string {
  return new UnsecuredJWT({ sub, email }).encode()
}
