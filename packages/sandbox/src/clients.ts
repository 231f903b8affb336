import { createHash, type KeyObject, timingSafeEqual } from 'node:crypto'
import { checked } from './check.js'
import type { SandboxSubjectTokenKey } from './options.js'
import { createDraw, type Draw } from './seed.js'
import { type ClientSettings, drawClientSecret, drawWidgetSecret, rotationOptions } from './settings.js'

/** The pair of secrets that onboarding hands out together. */
export interface SecretPair {
  clientSecret: string
  widgetSecret: string
}

/** A client as the platform knows it. */
export interface Client
  extends Pick<
    ClientSettings,
    'clientId' | 'scopes' | 'widgetScopes' | 'organizationIds' | 'bankName' | 'allowUnsignedSubjectTokens'
  > {
  /** Those in force; the last is the current one. */
  secrets: readonly SecretPair[]
  /** Signs the subject tokens of `sandbox.options`. */
  signingKey: { privateKey: KeyObject; algorithm: 'ES256'; keyId: string }
  subjectTokenKeys: readonly SandboxSubjectTokenKey[]
}

/** Where among the client's secrets one was found. */
export type SecretAge = 'current' | 'previous'

/** The clients of one sandbox. */
export interface Clients {
  readonly first: Client
  all(): Iterable<Client>
  find(clientId: string): Client | undefined
  rotate(options: unknown): SecretPair & { retirePrevious(): void }
}

export function createClients(settings: readonly ClientSettings[], draw: Draw): Clients {
  const clients = new Map(settings.map((client) => [client.clientId, createClient(client, draw)]))
  const [first] = clients.values()
  if (first === undefined) throw new TypeError('a sandbox needs a client')

  return {
    first,
    all: () => clients.values(),
    find: (clientId) => clients.get(clientId),
    rotate(given) {
      const options = checked(rotationOptions, given, 'rotateSecrets')
      const client = clients.get(options.clientId ?? first.clientId)
      if (client === undefined) throw new TypeError('rotateSecrets: no such client')
      // new secrets are new, whatever the seed
      const fresh = createDraw(undefined)
      const pair = {
        clientSecret: options.clientSecret ?? drawClientSecret(fresh, client.clientId),
        widgetSecret: options.widgetSecret ?? drawWidgetSecret(fresh, client.clientId),
      }
      const previous = new Set(client.secrets)
      client.secrets = [...client.secrets, pair]
      return {
        ...pair,
        retirePrevious: () => {
          client.secrets = client.secrets.filter((secrets) => !previous.has(secrets))
        },
      }
    },
  }
}

/** The secrets to use now. */
export function currentSecrets(client: Client): SecretPair {
  const pair = client.secrets.at(-1)
  if (pair === undefined) throw new Error('the client has no secrets left')
  return pair
}

/** Whether this is one of the client's secrets, and which; `undefined` when it is none. */
export function ageOfClientSecret(client: Client, secret: string): SecretAge | undefined {
  const current = currentSecrets(client)
  const found = client.secrets.filter(({ clientSecret }) => equal(clientSecret, secret))
  if (found.length === 0) return undefined
  return found.some((pair) => pair.clientSecret === current.clientSecret) ? 'current' : 'previous'
}

function equal(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function createClient(settings: ClientSettings, draw: Draw): Client {
  const { clientSecret, widgetSecret, subjectTokenKeys, ...rest } = settings
  const { publicKey, privateKey } = draw.keyPair(`subject tokens of ${settings.clientId}`)
  const signingKey = { privateKey, algorithm: 'ES256', keyId: `${settings.clientId}-key` } as const
  return {
    ...rest,
    secrets: [{ clientSecret, widgetSecret }],
    signingKey,
    subjectTokenKeys: [
      { key: publicKey, algorithm: signingKey.algorithm, keyId: signingKey.keyId },
      ...subjectTokenKeys,
    ],
  }
}
