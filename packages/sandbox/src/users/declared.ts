import * as z from 'zod'

/** A bank account of a declared user. Members left out are filled in, the same way at every start. */
export interface SandboxAccount {
  /** Such as `Payroll`. */
  name: string
  /** Default `checking`. */
  type?: 'checking' | 'savings' | undefined
  /** Default `open`. */
  status?: 'open' | 'closed' | undefined
  /** Decimal text in dollars, such as `1250.00`. Default: made up. */
  balance?: string | undefined
  /** Default: the same as `balance`. */
  available?: string | undefined
  /** The organization that it belongs to. Default: the client's own, its first. */
  organizationId?: string | undefined
}

/** A user whom the platform knows from the start. The platform looks users up by e-mail address. */
export interface SandboxUser {
  email: string
  /** The client that knows the user. Default: every client. */
  clientId?: string | undefined
  /** `disabled`: the platform refuses exchanges with `invalid_grant`. Default `active`. */
  status?: 'active' | 'disabled' | undefined
  /** What the user's tokens may be used for, of both families. Default: all that the client has. */
  scopes?: readonly string[] | undefined
  /** Default: three to six accounts, made from the client id, the organization and the e-mail address. */
  accounts?: readonly SandboxAccount[] | undefined
}

const text = z.string().min(1).max(1024)
const money = z.string().regex(/^-?\d{1,12}\.\d{2}$/, 'must be decimal text with two places, such as 1250.00')

const account = z.strictObject({
  name: text,
  type: z.enum(['checking', 'savings']).optional(),
  status: z.enum(['open', 'closed']).optional(),
  balance: money.optional(),
  available: money.optional(),
  organizationId: text.optional(),
})

const user = z.strictObject({
  email: text.regex(/^[^@\s]+@[^@\s]+$/, 'must be an e-mail address'),
  clientId: text.optional(),
  status: z.enum(['active', 'disabled']).optional(),
  scopes: z.array(text).readonly().optional(),
  accounts: z.array(account).max(1_000).readonly().optional(),
})

/** Checks a list of users, each of whom may stand in it once for each client. */
export const declaredUsers: z.ZodType<readonly SandboxUser[], readonly SandboxUser[]> = z
  .array(user)
  .max(10_000)
  .readonly()
  .refine(
    (users) => new Set(users.map(nameOf)).size === users.length,
    'has the same e-mail address twice for one client',
  )

const nameOf = ({ clientId = '', email }: SandboxUser): string =>
  JSON.stringify([clientId, email.toLowerCase()])

/** What a declared user may refer to. */
export interface KnownClient {
  readonly clientId: string
  readonly organizationIds: readonly string[]
  readonly scopes: readonly string[]
  readonly widgetScopes: readonly string[]
}

/** What users name that no client has: it would count for nothing, and nobody would see why. */
export function* unknownNames(
  users: readonly SandboxUser[],
  clients: readonly KnownClient[],
): Generator<string> {
  for (const [index, { clientId, scopes = [], accounts = [] }] of users.entries()) {
    const own = clients.filter((client) => clientId === undefined || client.clientId === clientId)
    if (own.length === 0) {
      yield `users.${index}.clientId names no client of this sandbox`
      continue
    }
    for (const [at, scope] of scopes.entries()) {
      if (!own.some((client) => [...client.scopes, ...client.widgetScopes].includes(scope)))
        yield `users.${index}.scopes.${at} is no scope of the client`
    }
    for (const [at, { organizationId }] of accounts.entries()) {
      if (
        organizationId !== undefined &&
        !own.some((client) => client.organizationIds.includes(organizationId))
      )
        yield `users.${index}.accounts.${at}.organizationId is no organization of the client`
    }
  }
}
