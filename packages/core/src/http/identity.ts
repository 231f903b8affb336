import { member } from '../lib/given.js'
import type { TesouroUser } from '../user.js'
import { Refusal } from './refusal.js'

/** Whom the page believes to be signed in: what `EmbeddedProvider` posts. Compared, never used. */
export interface PostedIdentity {
  userId: string | undefined
  userEmail: string | undefined
}

export function postedIdentity(body: unknown): PostedIdentity {
  if (body === undefined) return { userId: undefined, userEmail: undefined }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal('invalid_body')
  return { userId: textMember(body, 'userId'), userEmail: textMember(body, 'userEmail') }
}

function textMember(body: object, name: string): string | undefined {
  const value = member(body, name)
  if (value !== undefined && typeof value !== 'string') throw new Refusal('invalid_body')
  return value
}

/** A page that still shows another user, or an attempt to become one: either way no token. */
export function requireSameIdentity(posted: PostedIdentity, user: TesouroUser): void {
  const { userId, userEmail } = posted
  if (userId !== undefined && userId !== user.sub) throw new Refusal('identity_mismatch')
  if (userEmail !== undefined && comparable(userEmail) !== comparable(user.email)) {
    throw new Refusal('identity_mismatch')
  }
}

/** Whether a user is the browser's request body, as the published snippets hand it on. */
export function hasPostedShape(user: object): boolean {
  return Object.hasOwn(user, 'userId') || Object.hasOwn(user, 'userEmail')
}

/** ASCII case and the space around it aside. Other letters keep their case: folding them can make two addresses one. */
function comparable(email: unknown): unknown {
  if (typeof email !== 'string') return undefined
  return email.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/**
 * A user without an id or an e-mail address is nobody's mistake: they cannot have a token yet. Everything else
 * that is wrong with a user (a number as id, the browser's shape) is left to `mintWidgetToken`, whose error
 * says what to repair.
 */
export function requireEligible(user: TesouroUser): void {
  if (typeof user !== 'object' || hasPostedShape(user)) return
  if (isMissing(user.sub) || isMissing(user.email)) throw new Refusal('user_not_eligible')
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
