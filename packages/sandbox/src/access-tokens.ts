import type { JsonValue } from '@tesouro-tokens/core'
import type { TokenClaims, TokenSigner } from './access-token-jwt.js'
import { dropOldest } from './drop-oldest.js'
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
  /** Remembers a token under the authorization server's id for it. */
  put(id: string, record: TokenRecord): IssuedToken
  byId(id: string): IssuedToken | undefined
  /** The JWT that the client gets. */
  valueOf(id: string): string
  /** The id of a token as the client holds it; `undefined` when it was never issued. */
  idOf(value: string): string | undefined
  /** A token as the client holds it. One from before a restart with the same seed is known by its signature. */
  find(value: string): IssuedToken | undefined
  revoke(id: string): void
  isExpired(token: IssuedToken): boolean
  /** Makes every token so far count as expired. Returns the way back. */
  expireAll(status: 400 | 401): () => void
}

interface Kept {
  token: IssuedToken
  /** Seconds since the epoch. */
  issuedAt: number
  /** The JWT, once it was asked for. */
  value: string | undefined
}

/** @param lifetimeSeconds how long tokens live by their own `exp` */
export function createAccessTokens(
  clock: PlatformClock,
  signer: TokenSigner,
  lifetimeSeconds: number,
): AccessTokens {
  const tokens = new Map<string, Kept>()

  const keep = (id: string, kept: Kept): IssuedToken => {
    tokens.set(id, kept)
    dropOldest(tokens, maxTokens)
    return kept.token
  }
  /** Signatures can be written in several ways, so that a text that is not the one we gave is checked like a stranger's. */
  const idOf = (value: string): string | undefined => {
    const id = signer.idOf(value)
    if (id === undefined || tokens.get(id)?.value === value) return id
    const claims = signer.read(value)
    if (claims !== undefined && !tokens.has(claims.id)) {
      keep(claims.id, { token: tokenFrom(claims), issuedAt: claims.issuedAt, value })
    }
    return claims?.id
  }

  return {
    put(id, record) {
      const now = clock.now()
      const expiresAt = now + lifetimeSeconds * 1000
      const token = { ...record, expiresAt, revoked: false, expiredAs: undefined }
      return keep(id, { token, issuedAt: Math.floor(now / 1000), value: undefined })
    },
    byId: (id) => tokens.get(id)?.token,
    valueOf(id) {
      const kept = tokens.get(id)
      if (kept === undefined) throw new Error('there is no such token')
      const { token, issuedAt } = kept
      kept.value ??= signer.sign({ ...token, id, issuedAt, expiresAt: Math.ceil(token.expiresAt / 1000) })
      return kept.value
    },
    idOf,
    find(value) {
      const id = idOf(value)
      return id === undefined ? undefined : tokens.get(id)?.token
    },
    revoke(id) {
      const token = tokens.get(id)?.token
      if (token) token.revoked = true
    },
    isExpired: (token) => token.expiredAs !== undefined || token.expiresAt <= clock.now(),
    expireAll(status) {
      const before = [...tokens.values()].map(({ token }) => ({ token, expiredAs: token.expiredAs }))
      for (const { token } of before) token.expiredAs = status
      return () => {
        for (const { token, expiredAs } of before) token.expiredAs = expiredAs
      }
    },
  }
}

function tokenFrom({ clientId, sub, email, scopes, expiresAt }: TokenClaims): IssuedToken {
  return {
    clientId,
    sub,
    email,
    scopes,
    claims: {},
    parameters: {},
    expiresAt: expiresAt * 1000,
    revoked: false,
    expiredAs: undefined,
  }
}
