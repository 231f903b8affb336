import { compactDecrypt, decodeProtectedHeader, errors } from 'jose'
import * as z from 'zod'
import { ageOfClientSecret, type Client, type Clients, currentSecrets, type SecretAge } from '../clients.js'
import { decideExchange, type GrantedExchange } from '../exchange/exchange.js'
import { clockTolerance } from '../exchange/subject-token.js'
import type { PlatformClock } from '../platform-clock.js'
import { SandboxRefusal } from '../refusal.js'
import type { Users } from '../users/users.js'

const longestLifeSeconds = 600

const payloadSchema = z.looseObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  iat: z.int().nonnegative(),
  exp: z.int().nonnegative(),
})

/** A widget token that could be decrypted; nothing in it has been checked. */
export interface DecryptedWidgetToken {
  client: Client
  widgetSecret: SecretAge
  header: Record<string, unknown>
  payload: Record<string, unknown>
}

/** A widget token with which a widget may start. */
export interface AcceptedWidgetToken {
  client: Client
  granted: GrantedExchange
  iat: number
  exp: number
  secrets: { clientSecret: SecretAge; widgetSecret: SecretAge }
}

const refuse = (error: string, description: string): SandboxRefusal =>
  new SandboxRefusal(401, error, description)
const malformed = (description: string): SandboxRefusal => refuse('widget_token_invalid', description)

/** Decrypts a widget token with whichever client's widget secret fits. @throws SandboxRefusal */
export async function decryptWidgetToken(clients: Clients, token: string): Promise<DecryptedWidgetToken> {
  const header = readHeader(token)
  if (header.alg !== 'A256KW') throw malformed('alg is not A256KW')
  if (header.enc !== 'A256GCM') throw malformed('enc is not A256GCM')
  for (const client of clients.all()) {
    for (const { widgetSecret } of client.secrets.toReversed()) {
      const plaintext = await decryptWith(widgetSecret, token)
      if (plaintext === undefined) continue
      const age = widgetSecret === currentSecrets(client).widgetSecret ? 'current' : 'previous'
      return { client, widgetSecret: age, header, payload: readPayload(plaintext) }
    }
  }
  throw malformed('it is encrypted with no widget secret of this platform')
}

/** Everything that the platform checks before a widget starts. @throws SandboxRefusal */
export async function acceptWidgetToken(
  parts: { clients: Clients; clock: PlatformClock; users: Users },
  token: string,
): Promise<AcceptedWidgetToken> {
  const { client, widgetSecret, payload } = await decryptWidgetToken(parts.clients, token)
  const parsed = payloadSchema.safeParse(payload)
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))]
    throw malformed(`missing or wrong in the payload: ${names.join(', ')}`)
  }
  const { client_id, client_secret, iat, exp } = parsed.data
  checkTimes(iat, exp, parts.clock.now() / 1000)
  const clientSecret = client_id === client.clientId ? ageOfClientSecret(client, client_secret) : undefined
  if (clientSecret === undefined) {
    throw refuse('invalid_client', 'client_id, client_secret and widget secret do not belong together')
  }
  const granted = await decideExchange(client, client.widgetScopes, payload, parts)
  return { client, granted, iat, exp, secrets: { clientSecret, widgetSecret } }
}

function checkTimes(iat: number, exp: number, now: number): void {
  if (exp <= now) throw refuse('widget_token_expired', 'the widget token has expired')
  if (iat > now + clockTolerance) throw malformed('iat is in the future')
  const longest = longestLifeSeconds + clockTolerance
  if (exp - iat > longest || exp - now > longest) throw malformed('it lives longer than 600 seconds')
}

function readHeader(token: string): Record<string, unknown> {
  if (token.split('.').length !== 5) throw malformed('it is not a JWE in compact serialization')
  try {
    return { ...decodeProtectedHeader(token) }
  } catch {
    throw malformed('its protected header cannot be read')
  }
}

async function decryptWith(widgetSecret: string, token: string): Promise<Uint8Array | undefined> {
  try {
    const { plaintext } = await compactDecrypt(token, Buffer.from(widgetSecret, 'hex'), {
      keyManagementAlgorithms: ['A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return plaintext
  } catch (error) {
    if (error instanceof errors.JWEDecryptionFailed) return undefined
    throw malformed('it cannot be decrypted')
  }
}

function readPayload(plaintext: Uint8Array): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(plaintext).toString('utf8')))
  } catch {
    throw malformed('its content is not a JSON object')
  }
}
