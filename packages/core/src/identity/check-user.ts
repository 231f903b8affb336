import { InvalidUserError, isTesouroTokensError } from '../errors.js'
import { member, textProblem } from '../lib/given.js'
import { isInstance } from '../lib/is-kind.js'
import { copyPlainJson, NotPlainJson } from '../lib/plain-json.js'
import type { JsonMembers, SubjectTokenGetter } from '../user.js'

/** A user after checking: a copy that later changes to the caller's object do not reach. */
export interface CheckedUser {
  readonly sub: string
  readonly email: string
  readonly tenant: string | undefined
  readonly claims: JsonMembers | undefined
  readonly requestParameters: JsonMembers | undefined
  readonly variant: string | undefined
  readonly subjectToken: string | SubjectTokenGetter | undefined
}

/** Who is logged out, after checking. */
export type CheckedForgetUser = Pick<CheckedUser, 'sub' | 'tenant'>

// What this library and the platform say themselves; refused among claims and parameters alike, because both
// end up in front of a reader who decides by them who is acting.
const reserved = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'email', 'act', 'may_act'],
  ...['grant_type', 'client_id', 'client_secret', 'subject_token', 'subject_token_type'],
])

const maximumExtraBytes = 2_048

/**
 * Checks a user before anything is signed or asked for. `expectedTenant` is the option `tenant`.
 *
 * @throws InvalidUserError naming the member, never its value
 */
export function checkUser(user: unknown, expectedTenant: string | undefined): CheckedUser {
  try {
    const given = asRecord(user)
    const { sub, tenant } = identity(given, expectedTenant)
    // The space around an address is no part of it: it is compared without, and the platform would look up another.
    const email = text(member(given, 'email') ?? undefined, 'email').trim()
    const claims = members(member(given, 'claims') ?? undefined, 'claims')
    const requestParameters = members(member(given, 'requestParameters') ?? undefined, 'requestParameters')
    if (claims !== undefined || requestParameters !== undefined) checkSize([claims, requestParameters])
    const label = member(given, 'variant') ?? undefined
    const variant = label === undefined ? undefined : text(label, 'variant')
    const subjectToken = ownToken(member(given, 'subjectToken') ?? undefined)
    return { sub, email, tenant, claims, requestParameters, variant, subjectToken }
  } catch (error) {
    throw invalidUser(error)
  }
}

/**
 * Checks the user of a logout: `sub` and `tenant` are enough.
 *
 * @throws InvalidUserError naming the member, never its value
 */
export function checkForgetUser(user: unknown, expectedTenant: string | undefined): CheckedForgetUser {
  try {
    return identity(asRecord(user), expectedTenant)
  } catch (error) {
    throw invalidUser(error)
  }
}

/** A getter of the caller's that throws is the caller's mistake too, and its message is not ours to repeat. */
function invalidUser(error: unknown): InvalidUserError {
  if (isTesouroTokensError(error, 'invalid_user')) return error
  if (isInstance(error, NotPlainJson)) return new InvalidUserError(error.message)
  return new InvalidUserError('the user cannot be read: one of its members throws')
}

function asRecord(user: unknown): { readonly [name: string]: unknown } {
  if (typeof user !== 'object' || user === null) {
    throw new InvalidUserError('the user must be an object with sub and email')
  }
  if (Object.hasOwn(user, 'userId') || Object.hasOwn(user, 'userEmail')) {
    throw new InvalidUserError(
      "the user has userId or userEmail: this looks like the browser's request body; " +
        'identity comes from your session, as { sub, email }',
    )
  }
  if (user instanceof Promise) {
    throw new InvalidUserError('the user is a promise: await it first')
  }
  return user as { readonly [name: string]: unknown }
}

function identity(
  given: { readonly [name: string]: unknown },
  expected: string | undefined,
): CheckedForgetUser {
  const sub = text(member(given, 'sub') ?? undefined, 'sub')
  const named = member(given, 'tenant') ?? undefined
  const tenant = named === undefined ? undefined : text(named, 'tenant')
  if (expected !== undefined && tenant !== expected) {
    throw new InvalidUserError(
      tenant === undefined
        ? 'the user has no tenant, and these tokens serve only one tenant'
        : 'the user belongs to another tenant than these tokens serve',
    )
  }
  return { sub, tenant }
}

function text(value: unknown, name: string): string {
  const problem = textProblem(value)
  if (problem !== undefined) throw new InvalidUserError(`user.${name} ${problem}`)
  return value as string
}

function members(value: unknown, name: string): JsonMembers | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidUserError(`user.${name} must be a plain object`)
  }
  // every value takes a byte of JSON at least
  const copy = copyPlainJson(value, `user.${name}`, maximumExtraBytes) as JsonMembers
  for (const member of Object.keys(copy)) {
    if (member === '') throw new InvalidUserError(`user.${name} has a member without a name`)
    if (reserved.has(member)) {
      throw new InvalidUserError(`user.${name} may not hold ${member}: that name is reserved`)
    }
  }
  return copy
}

function checkSize(extras: readonly (JsonMembers | undefined)[]): void {
  const texts = extras.map((extra) => (extra === undefined ? '' : JSON.stringify(extra)))
  if (new TextEncoder().encode(texts.join('')).length <= maximumExtraBytes) return
  throw new InvalidUserError('user.claims and user.requestParameters are larger than 2 KiB together')
}

function ownToken(value: unknown): string | SubjectTokenGetter | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'function') return value as SubjectTokenGetter
  if (typeof value === 'string' && value !== '') return value
  throw new InvalidUserError('user.subjectToken must be a JWT or a function that returns one')
}
