import type { JsonValue } from '@tesouro-tokens/core'
import type { PlatformClock } from './platform-clock.js'

const maxTokens = 100_000

/** Whose token it is and what it may be used for. */
export interface TokenRecord {
  clientId: string
  sub: string | undefined
  email: string | undefined
  claims: Record<string, JsonValue>
  parameters: Record<string, JsonValue>
  scopes: readonly string[]
}

/** A token that was issued. */
export interface IssuedToken extends TokenRecord {
  /** By the platform's clock, in milliseconds since the epoch. */
  expiresAt: number
  revoked: boolean
  /** Set by a fault: the token counts as expired, and the API says so with this status. */
  expiredAs: 400 | 401 | undefined
}

/** The access tokens that the platform remembers: the last 100,000, expired ones too. */
export interface AccessTokens {
  put(value: string, record: TokenRecord, lifetimeSeconds: number): void
  find(value: string): IssuedToken | undefined
  revoke(value: string): void
  isExpired(token: IssuedToken): boolean
  /** Makes every token so far count as expired. Returns the way back. */
  expireAll(status: 400 | 401): () => void
}

export function createAccessTokens(clock: PlatformClock): AccessTokens {
  const tokens = new Map<string, IssuedToken>()

  return {
    put(value, record, lifetimeSeconds) {
      const expiresAt = clock.now() + lifetimeSeconds * 1000
      tokens.set(value, { ...record, expiresAt, revoked: false, expiredAs: undefined })
      if (tokens.size > maxTokens) {
        for (const oldest of tokens.keys()) {
          tokens.delete(oldest)
          break
        }
      }
    },
    find: (value) => tokens.get(value),
    revoke(value) {
      const token = tokens.get(value)
      if (token) token.revoked = true
    },
    isExpired: (token) => token.expiredAs !== undefined || token.expiresAt <= clock.now(),
    expireAll(status) {
      const before = [...tokens.values()].map((token) => ({ token, expiredAs: token.expiredAs }))
      for (const { token } of before) token.expiredAs = status
      return () => {
        for (const { token, expiredAs } of before) token.expiredAs = expiredAs
      }
    },
  }
}
