// What the platform's public guide has a backend do for a widget token, in words of our own: decode the widget
// secret, let jose import it, and encrypt the token-exchange request with an unsigned subject token, anew each time.
import { randomUUID } from 'node:crypto'
import { EncryptJWT, UnsecuredJWT } from 'jose'

/** The three values from onboarding. */
export interface SnippetCredentials {
  clientId: string
  clientSecret: string
  widgetSecret: string
}

export async function publishedSnippet(
  { userId, userEmail }: { userId: string; userEmail: string },
  { clientId, clientSecret, widgetSecret }: SnippetCredentials,
): Promise<string> {
  const subjectToken = new UnsecuredJWT({ email: userEmail })
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime('8m')
    .setJti(randomUUID())
    .encode()

  return new EncryptJWT({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_id: clientId,
    client_secret: clientSecret,
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  })
    .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM' })
    .setIssuedAt()
    .setExpirationTime('8m')
    .encrypt(Buffer.from(widgetSecret, 'hex'))
}
