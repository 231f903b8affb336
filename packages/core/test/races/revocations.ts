import { callMs, type Evidence, repeatableMs } from './evidence.js'
import type { LogoutFact } from './facts.js'
import type { Granted } from './platform.js'

/** What a logout has resolved with. */
export interface RevocationResult {
  readonly forgotten: number
  readonly revoked: number
  readonly failed: number
}

/** What a logout has neither revoked nor counted, in words. `dropped`: the tokens that the store has dropped for it. */
export function uncounted(
  evidence: Evidence,
  logout: LogoutFact,
  { forgotten, revoked, failed }: RevocationResult,
  dropped: readonly Granted[],
): string[] {
  const found: string[] = []
  if (forgotten !== revoked + failed) {
    found.push(`${forgotten} tokens were dropped, ${revoked} revoked, ${failed} failed`)
  }
  const { now } = evidence.time
  if (evidence.disturbedIn >= logout.began || now - logout.beganAt > repeatableMs / 2) return found
  const missed = dropped.filter(({ revocationAsked, expiresAt }) => !revocationAsked && expiresAt > now)
  if (missed.length > failed) {
    found.push(`${textsOf(missed)} dropped, neither revoked nor counted as failed`)
  }
  const lost = lostBy(evidence, logout)
  if (lost.length > failed) {
    found.push(`${textsOf(lost)} was held, and is neither revoked nor counted as failed`)
  }
  // A store that tells again what it has dropped leaves out what has ended since.
  const ended = evidence.tokens.filter(
    ({ person, expiresAt }) => person === logout.person && expiresAt > logout.beganAt && expiresAt <= now,
  )
  if (logout.dropped.size - ended.length > forgotten) {
    found.push(`the store dropped ${logout.dropped.size}, told were ${forgotten}`)
  }
  return found
}

/** Tokens that the logout's process held, and that are not revoked. */
function lostBy(evidence: Evidence, logout: LogoutFact): Granted[] {
  // What another process's logout has dropped is that one's to revoke.
  const isShared = evidence.logouts.some(
    ({ person, process, began }) =>
      person === logout.person && process !== logout.process && began >= logout.began,
  )
  if (isShared) return []
  return logout.held.filter(
    (token) =>
      !token.revocationAsked &&
      // A process counts a token's life from its request on: what the platform takes to answer is missing at its end.
      token.expiresAt > evidence.time.now + callMs &&
      !isReplacedBefore(evidence, logout, token),
  )
}

/**
 * Whether another token may have taken its place in the store before the logout was there: a newer one, or one of another
 * process that made the same exchange meanwhile.
 */
function isReplacedBefore(
  { tokens, newest }: Evidence,
  { recordedAt = Number.POSITIVE_INFINITY }: LogoutFact,
  token: Granted,
): boolean {
  return tokens.some((other) => {
    if (other === token || other.label !== token.label || other.at > recordedAt) return false
    const isOfSameTime = other.process !== token.process && other.at + callMs >= token.at
    return isOfSameTime || newest.get(token.label) === other
  })
}

const textsOf = (tokens: readonly Granted[]): string => tokens.map(({ text }) => text).join(', ')
