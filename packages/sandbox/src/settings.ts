import { KeyObject } from 'node:crypto'
import * as z from 'zod'
import type { SandboxGraphql } from './api/graphql.js'
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
  key: z.union([
    z.custom<KeyObject>((value) => value instanceof KeyObject),
    z.instanceof(Uint8Array),
    z.custom<Record<string, unknown>>(
      (value) => typeof value === 'object' && value !== null && 'kty' in value,
    ),
  ]),
  algorithm: z
    .string()
    .regex(/^(?:[EPR]S|HS)(?:256|384|512)$|^EdDSA$|^Ed25519$/, 'is no algorithm of the sandbox'),
  keyId: z.string().optional(),
})

const scopes = z
  .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is no scope (RFC 6749 §3.3)'))
  .readonly()

const client = z.strictObject({
  clientId: z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters'),
  clientSecret: z
    .string()
    .regex(/^[\x20-\x7e]{1,1000}$/, 'must be 1 to 1,000 printable characters')
    .optional(),
  widgetSecret: widgetSecret.optional(),
  subjectTokenKeys: z
    .array(subjectTokenKey)
    .readonly()
    .default([])
    .transform((keys) => keys as readonly SandboxSubjectTokenKey[]),
  allowUnsignedSubjectTokens: z.boolean().default(false),
  scopes: scopes.default(SANDBOX_SCOPES),
  widgetScopes: scopes.default(SANDBOX_WIDGET_SCOPES),
  organizationIds: z.array(z.string().min(1)).min(1).readonly().optional(),
  bankName: z.string().min(1).default('Sandbox Community Bank'),
})

const options = z.strictObject({
  port: z.int().min(0).max(65_535).optional(),
  host: z
    .string()
    .regex(/^[\w.:-]{1,255}$/, 'is no address and no host name')
    .default('127.0.0.1'),
  seed: z
    .string()
    .min(3, 'is too short: 3 characters at least')
    .max(1_000, 'is longer than 1,000 characters')
    .optional(),
  users: declaredUsers.default([]),
  clients: z
    .array(client)
    .min(1)
    .readonly()
    .default([client.parse({ clientId: 'sandbox-client' })])
    .refine((list) => new Set(list.map(({ clientId }) => clientId)).size === list.length, 'have an id twice'),
  widgetSecret: widgetSecret.optional(),
  accessTokenLifetimeSeconds: z.int().min(1).default(3600),
  accessTokenOwnLifetimeSeconds: z.int().min(1).optional(),
  rateLimit: z.union([z.literal(false), z.int().min(1)]).default(documentedLimit),
  shortPages: z.boolean().default(false),
  graphql: z.custom<SandboxGraphql>((value) => typeof value === 'function').optional(),
  recordBodies: z.boolean().default(false),
  log: z.custom<(line: string) => void>((value) => typeof value === 'function').optional(),
  clock: z
    .custom<{ now(): number }>((value) => typeof value === 'object' && value !== null && 'now' in value)
    .optional(),
})

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
  const parsed = options.safeParse(input)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'options'} ${message}`,
    )
    throw new TypeError(`startSandbox: ${problems.join('; ')}`)
  }
  const { clients: given, widgetSecret: shared, seed, port, log, clock, graphql, ...rest } = parsed.data
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
