import { signedSubjectToken } from '@tesouro-tokens/core'
import { type Client, currentSecrets } from './clients.js'
import type { SandboxClientAccess } from './sandbox.js'

/** What a program needs to know to be this client, with the secrets that are current when it is asked for. */
export function accessOf(baseUrl: string, client: Client): SandboxClientAccess {
  const { clientId, signingKey } = client
  const { privateKey: key, algorithm, keyId } = signingKey
  const subjectToken = signedSubjectToken({ key, algorithm, keyId })
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
        TESOURO_SUBJECT_TOKEN_KEY: JSON.stringify(key.export({ format: 'jwk' })),
        TESOURO_SUBJECT_TOKEN_ALGORITHM: algorithm,
        TESOURO_SUBJECT_TOKEN_KEY_ID: keyId,
      }
    },
  }
}
