import type { SubjectTokenSource } from '@tesouro-tokens/core'
import { SignJWT } from 'jose'
import { type Client, currentSecrets } from './clients.js'
import type { SandboxClientAccess } from './sandbox.js'

/** What a program needs to know to be this client, with the secrets that are current when it is asked for. */
export function accessOf(baseUrl: string, client: Client): SandboxClientAccess {
  const subjectToken = subjectTokenOf(client)
  const { clientId, signingKey } = client
  const privateJwk = JSON.stringify(signingKey.privateKey.export({ format: 'jwk' }))
  return {
    clientId,
    get options() {
      return { baseUrl, clientId, ...currentSecrets(client), subjectToken }
    },
    get env() {
      const { clientSecret, widgetSecret } = currentSecrets(client)
      return {
        TESOURO_BASE_URL: baseUrl,
        TESOURO_CLIENT_ID: clientId,
        TESOURO_CLIENT_SECRET: clientSecret,
        TESOURO_WIDGET_SECRET: widgetSecret,
        TESOURO_SUBJECT_TOKEN_KEY: privateJwk,
        TESOURO_SUBJECT_TOKEN_ALGORITHM: signingKey.algorithm,
        TESOURO_SUBJECT_TOKEN_KEY_ID: signingKey.keyId,
      }
    },
  }
}

function subjectTokenOf({ signingKey }: Client): SubjectTokenSource {
  const { privateKey, algorithm, keyId } = signingKey
  return {
    unsecured: false,
    foreign: false,
    ready: async () => {},
    create: ({ sub, email, claims }, { issuedAt, expiresAt }) =>
      new SignJWT({ ...claims, sub, email })
        .setProtectedHeader({ alg: algorithm, kid: keyId })
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .setJti(crypto.randomUUID())
        .sign(privateKey),
  }
}
