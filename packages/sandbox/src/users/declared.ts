import * as z from 'zod'
import { described, type Shape } from '../described.js'

/** A bank account of a declared user. Members left out are filled in, the same way at every start. */
export interface SandboxAccount {
  /** Name that widgets show, such as `Payroll`. */
  name: string
  /** `checking` or `savings`. Default `checking`. */
  type?: 'checking' | 'savings' | undefined
  /** `open` or `closed`. Default `open`. */
  status?: 'open' | 'closed' | undefined
  /** Decimal text in dollars, such as `1250.00`. Default: made up. */
  balance?: string | undefined
  /** What of the balance may be used, in the same form. Default: the same as `balance`. */
  available?: string | undefined
  /** Id of the organization that it belongs to. Default: the client's own, its first. */
  organizationId?: string | undefined
}

/** A user whom the platform knows from the start. The platform looks users up by e-mail address. */
export interface SandboxUser {
  /** E-mail address, by which the platform looks users up, whatever their `sub`. */
  email: string
  /** Id of the client that knows the user. Default: every client. */
  clientId?: string | undefined
  /** `active` or `disabled`; the platform refuses exchanges of a disabled user with `invalid_grant`. Default `active`. */
  status?: 'active' | 'disabled' | undefined
  /** What the user's tokens may be used for, of both families of scopes. Default: all that the client has. */
  scopes?: readonly string[] | undefined
  /** Bank accounts. Default: three to six, made from the client id, the organization and the e-mail address. */
  accounts?: readonly SandboxAccount[] | undefined
}

const text = z.string().min(1).max(1024)
const money = z.string().regex(/^-?\d{1,12}\.\d{2}$/, 'must be decimal text with two places, such as 1250.00')

const accountShape = {
  name: described(text, 'Name that widgets show', 'required'),
  type: described(z.enum(['checking', 'savings']).optional(), '`checking` or `savings`', '`checking`'),
  status: described(z.enum(['open', 'closed']).optional(), '`open` or `closed`', '`open`'),
  balance: described(money.optional(), 'Decimal text in dollars', 'made up'),
  available: described(money.optional(), 'What of the balance may be used', 'the same as `balance`'),
  organizationId: described(
    text.optional(),
    'Id of the organization that it belongs to',
    "the client's own, its first",
  ),
} satisfies Shape<SandboxAccount>

const userShape = {
  email: described(
    text.regex(/^[^@\s]+@[^@\s]+$/, 'must be an e-mail address'),
    'E-mail address',
    'required',
  ),
  clientId: described(text.optional(), 'Id of the client that knows the user', 'every client'),
  status: described(z.enum(['active', 'disabled']).optional(), '`active` or `disabled`', '`active`'),
  scopes: described(
    z.array(text).readonly().optional(),
    "What the user's tokens may be used for",
    'all that the client has',
  ),
  accounts: described(
    z.array(z.strictObject(accountShape)).max(1_000).readonly().optional(),
    'Bank accounts',
    'three to six, made from the client id, the organization and the e-mail address',
  ),
} satisfies Shape<SandboxUser>

/** What is said of each member of a declared user. */
export const sandboxUserShape: Shape<SandboxUser> = userShape
/** What is said of each member of a declared account. */
export const sandboxAccountShape: Shape<SandboxAccount> = accountShape

/** Checks a list of users, each of whom may stand in it once for each client. */
export const declaredUsers: z.ZodType<readonly SandboxUser[], readonly SandboxUser[]> = z
  .array(z.strictObject(userShape))
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
