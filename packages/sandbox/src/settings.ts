import { KeyObject } from 'node:crypto'
import * as z from 'zod'
import type { SandboxGraphql } from './api/graphql.js'
import { checked } from './check.js'
import { described, type Shape } from './described.js'
import {
  SANDBOX_SCOPES,
  SANDBOX_WIDGET_SCOPES,
  type SandboxClient,
  type SandboxSubjectTokenKey,
  type StartSandboxOptions,
} from './options.js'
import { documentedLimit } from './rate-limit.js'
import { createDraw, type Draw, portOfSeed } from './seed.js'
import { shortHash } from './short-hash.js'
import { declaredUsers, type SandboxUser, unknownNames } from './users/declared.js'

const widgetSecret = z
  .string()
  .regex(/^[0-9a-f]{64}$/i, 'must be 64 hex digits')
  .transform((hex) => hex.toLowerCase())

const subjectTokenKey = z.strictObject({
  key: z.custom<SandboxSubjectTokenKey['key']>(
    (value) =>
      value instanceof KeyObject || value instanceof Uint8Array || (isObject(value) && 'kty' in value),
    'must be a JWK, a KeyObject, or bytes',
  ),
  algorithm: z
    .string()
    .regex(/^(?:[EPR]S|HS)(?:256|384|512)$|^EdDSA$|^Ed25519$/, 'is no algorithm of the sandbox'),
  keyId: z.string().optional(),
})

const scopes = z
  .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is no scope (RFC 6749 §3.3)'))
  .readonly()

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const clientShape = {
  clientId: described(
    z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters'),
    'OAuth client id',
    'required',
  ),
  clientSecret: described(
    z
      .string()
      .regex(/^[\x20-\x7e]{1,1000}$/, 'must be 1 to 1,000 printable characters')
      .optional(),
    'OAuth client secret',
    'drawn at start',
  ),
  widgetSecret: described(widgetSecret.optional(), '64 hex digits', 'drawn at start'),
  subjectTokenKeys: described(
    z.array(subjectTokenKey).readonly().default([]),
    "Public keys that sign this client's subject tokens, in addition to the sandbox's own",
    'none',
  ),
  allowUnsignedSubjectTokens: described(
    z.boolean().default(false),
    'Accepts subject tokens without a signature (`alg: none`)',
  ),
  scopes: described(
    scopes.default(SANDBOX_SCOPES),
    'What access tokens from the token endpoint may be used for',
    '`SANDBOX_SCOPES`',
  ),
  widgetScopes: described(
    scopes.default(SANDBOX_WIDGET_SCOPES),
    'What widgets may do, whose scopes are another family',
    '`SANDBOX_WIDGET_SCOPES`',
  ),
  organizationIds: described(
    z.array(z.string().min(1)).min(1).readonly().optional(),
    "The client's organization and, after it, those that `X-Organization-ID` may choose",
    'one with one child, made from the client id',
  ),
  bankName: described(z.string().min(1).default('Sandbox Community Bank'), 'Shown by the widget'),
} satisfies Shape<SandboxClient>

const client = z.strictObject(clientShape)

const portText = 'must be a number from 0 to 65535'
const aFunction = <Call>(): z.ZodType<Call, Call> =>
  z.custom<Call>((value) => typeof value === 'function', 'must be a function')

const optionShape = {
  port: described(
    z.int(portText).min(0, portText).max(65_535, portText).optional(),
    'TCP port',
    'with a `seed` one that belongs to it, from 20000 to 29999; else 0, a free one',
  ),
  host: described(
    z
      .string()
      .regex(/^[\w.:-]{1,255}$/, 'is no address and no host name')
      .default('127.0.0.1'),
    'Address or name to listen on',
  ),
  seed: described(
    z
      .string()
      .min(3, 'is too short: 3 characters at least')
      .max(1_000, 'is longer than 1,000 characters')
      .optional(),
    'Text of 3 to 1,000 characters from which secrets, keys and port are derived',
    'none',
  ),
  users: described(declaredUsers.default([]), 'Users whom the platform knows from the start', 'none'),
  clients: described(
    z
      .array(client)
      .min(1)
      .readonly()
      .default([client.parse({ clientId: 'sandbox-client' })])
      .refine(
        (list) => new Set(list.map(({ clientId }) => clientId)).size === list.length,
        'have an id twice',
      ),
    'The clients; the first is the one that `options` and `env` are for',
    'one, `sandbox-client`',
  ),
  widgetSecret: described(
    widgetSecret.optional(),
    'Widget secret of clients that declare none, 64 hex digits',
    'one drawn for each client',
  ),
  accessTokenLifetimeSeconds: described(
    z.int().min(1).default(3600),
    '`expires_in` of access tokens, in seconds',
    '3,600 s',
  ),
  accessTokenOwnLifetimeSeconds: described(
    z.int().min(1).optional(),
    'How long access tokens live by their own `exp`, in seconds, where that is shorter than `expires_in` says',
    'no shorter',
  ),
  rateLimit: described(
    z
      .union([z.literal(false), z.int().min(1)], 'must be false or a whole number of at least 1')
      .default(documentedLimit),
    'Requests a second for each client id, or `false`',
  ),
  shortPages: described(
    z.boolean().default(false),
    "Pages of lists hold half of what `limit` allows though more follow, as the platform's may",
  ),
  graphql: described(
    aFunction<SandboxGraphql>().optional(),
    'Gives the `data` of GraphQL answers',
    '`{ "__typename": "Query" }`',
  ),
  recordBodies: described(
    z.boolean().default(false),
    'Keeps the bodies of requests for `requests()`, secrets masked',
  ),
  log: described(
    aFunction<(line: string) => void>().optional(),
    'Receives one line for each request, without secrets',
    'none',
  ),
  clock: described(
    z
      .custom<{ now(): number }>(
        (value) => isObject(value) && 'now' in value && typeof value.now === 'function',
        'must have a function now that gives milliseconds',
      )
      .optional(),
    "The platform's clock: `now()` in milliseconds since the epoch",
    "the system's",
  ),
} satisfies Shape<StartSandboxOptions>

const options = z.strictObject(optionShape)

/** What is said of each option of `startSandbox`. */
export const sandboxShape: Shape<StartSandboxOptions> = optionShape
/** What is said of each option of a client. */
export const sandboxClientShape: Shape<SandboxClient> = clientShape

/** A client after checking, with every secret drawn. */
export type ClientSettings = {
  [Name in keyof SandboxClient]-?: Exclude<SandboxClient[Name], undefined>
}

/** The options after checking. */
export interface Settings {
  port: number
  host: string
  draw: Draw
  clients: readonly ClientSettings[]
  users: readonly SandboxUser[]
  accessTokenLifetimeSeconds: number
  accessTokenOwnLifetimeSeconds: number
  rateLimit: number | false
  shortPages: boolean
  graphql: SandboxGraphql
  recordBodies: boolean
  log: (line: string) => void
  clock: { now(): number }
}

export const drawClientSecret = (draw: Draw, clientId: string): string =>
  draw.bytes(`client secret of ${clientId}`, 24).toString('base64url')
export const drawWidgetSecret = (draw: Draw, clientId: string): string =>
  draw.bytes(`widget secret of ${clientId}`, 32).toString('hex')

/** Checks what `startSandbox` was given. @throws TypeError that names what is wrong, never a value */
export function readOptions(input: StartSandboxOptions): Settings {
  const parsed = checked(options, input, 'startSandbox')
  const { clients: given, widgetSecret: shared, seed, port, log, clock, graphql, ...rest } = parsed
  const draw = createDraw(seed)
  const expiresIn = rest.accessTokenLifetimeSeconds
  const clients = given.map((client) => withSecrets(client, draw, shared))
  const unknown = [...unknownNames(rest.users, clients)]
  if (unknown.length > 0) throw new TypeError(`startSandbox: ${unknown.slice(0, 5).join('; ')}`)
  return {
    ...rest,
    draw,
    clients,
    port: port ?? (seed === undefined ? 0 : portOfSeed(seed)),
    accessTokenOwnLifetimeSeconds: Math.min(rest.accessTokenOwnLifetimeSeconds ?? expiresIn, expiresIn),
    graphql: graphql ?? (() => ({ __typename: 'Query' })),
    log: log ?? (() => {}),
    clock: clock ?? { now: () => Date.now() },
  }
}

function withSecrets(given: z.output<typeof client>, draw: Draw, shared: string | undefined): ClientSettings {
  const organization = `org_${shortHash('organization', given.clientId)}`
  return {
    ...given,
    clientSecret: given.clientSecret ?? drawClientSecret(draw, given.clientId),
    widgetSecret: given.widgetSecret ?? shared ?? drawWidgetSecret(draw, given.clientId),
    organizationIds: given.organizationIds ?? [organization, `${organization}_child`],
  }
}

/** The secrets given to `rotateSecrets`, checked. */
export const rotationOptions: z.ZodType<{
  clientId?: string | undefined
  clientSecret?: string | undefined
  widgetSecret?: string | undefined
}> = client.pick({ clientId: true, clientSecret: true, widgetSecret: true }).partial()
