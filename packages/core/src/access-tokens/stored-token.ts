import * as z from 'zod/mini'
import { type Clock, elapsedMs, type Moment } from '../clock.js'
import type { TokenGrant } from '../token-endpoint/token-endpoint.js'

/** Marks what this process stored: only for that do its own clocks tell the age. */
const thisProcess: string = crypto.randomUUID()

/** A token as the cache keeps it. */
export interface StoredToken {
  v: 1
  accessToken: string
  issuedTokenType?: string | undefined
  lifetimeMs: number
  process: string
  requestedAt: Moment
}

const storedToken: z.ZodMiniType<StoredToken> = z.strictObject({
  v: z.literal(1),
  accessToken: z.string().check(z.minLength(1)),
  issuedTokenType: z.optional(z.string()),
  lifetimeMs: z.number().check(z.positive()),
  process: z.string(),
  requestedAt: z.strictObject({ now: z.number(), monotonic: z.number() }),
})

export function toStored(grant: TokenGrant & { expiresIn: number }): StoredToken {
  return {
    v: 1,
    accessToken: grant.accessToken,
    issuedTokenType: grant.issuedTokenType,
    lifetimeMs: grant.expiresIn * 1000,
    process: thisProcess,
    requestedAt: grant.requestedAt,
  }
}

/** Reads what a cache gave back; `undefined` for anything that this version did not write. */
export function readStored(text: string): StoredToken | undefined {
  try {
    return storedToken.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/**
 * What is left of a token's life, in milliseconds: the smallest of what each clock that can know says. The store
 * knows for every process, this process's clocks only for what it stored itself.
 */
export function leftMs(token: StoredToken, remainingMs: number | undefined, clock: Clock): number {
  const byStore = remainingMs ?? Number.POSITIVE_INFINITY
  if (token.process === thisProcess) {
    return Math.min(byStore, token.lifetimeMs - elapsedMs(clock, token.requestedAt))
  }
  const byWallClock = token.lifetimeMs - Math.max(0, clock.now() - token.requestedAt.now)
  return Math.min(remainingMs ?? byWallClock, token.lifetimeMs)
}
