import * as z from 'zod/mini'
import type { CacheRead } from '../cache/cache-access.js'
import type { Copy, ObtainedToken, StoredToken } from '../cache/shared/person.js'
import type { TokenKey } from '../identity/token-key.js'
import { type Clock, elapsedMs, type Moment, momentOf, thisProcess } from '../lib/clock.js'
import { asGiven } from '../lib/option.js'
import type { Observer } from '../observer.js'
import type { TokenGrant } from '../token-endpoint/token-endpoint.js'

/** How a cached token is treated: served; served and replaced; replaced first, though it is still valid; gone. */
export type Freshness = 'fresh' | 'ageing' | 'expiring' | 'expired'

/** The last part of a token's life, in which it is replaced before a caller has to wait: at most five minutes or a fifth. */
const refreshWindow = { ms: 300_000, share: 0.2 }
/** The very last part, in which a token might expire on its way to the platform: at most 30 s or a twentieth. */
const tooLate = { ms: 30_000, share: 0.05 }

/** Two processes' clocks may each be ten minutes off. */
const clocksDisagreeByMs = 1_200_000

/** A token from the cache that can still be used. */
export interface CachedToken {
  token: StoredToken
  state: Exclude<Freshness, 'expired'>
  /** What was left of its life when it was read, in milliseconds. */
  leftMs: number
  readAt: Moment
}

/** A granted token in the form in which the cache keeps it. */
export function toStored(grant: TokenGrant & { expiresIn: number }): StoredToken {
  return {
    v: 1,
    accessToken: grant.accessToken,
    issuedTokenType: grant.issuedTokenType,
    lifetimeMs: grant.expiresIn * 1000,
    process: thisProcess(),
    requestedAt: grant.requestedAt,
  }
}

/** The token in an answer of the cache, if it can still be used. `copy`: where that answer comes from memory. */
export function usable(
  read: CacheRead,
  key: TokenKey,
  { clock, observer }: { clock: Clock; observer: Observer },
  copy?: Copy,
): CachedToken | undefined {
  if (read?.value === undefined) return undefined
  const token = copy?.token ?? readStored(read.value)
  if (copy !== undefined) copy.token = token
  if (token === undefined) {
    observer.emit({ type: 'cache_failure', operation: 'get', reason: 'unreadable' })
    return undefined
  }
  const left = leftMs(token, read.remainingMs, clock)
  const state = freshness(token.lifetimeMs, left, key)
  return state === 'expired' ? undefined : { token, state, leftMs: left, readAt: momentOf(clock) }
}

export function obtained({ token, leftMs: left }: CachedToken): ObtainedToken {
  return { accessToken: token.accessToken, issuedTokenType: token.issuedTokenType, leftMs: left }
}

/**
 * What is left of a token's life, in milliseconds: the smallest of what each clock that can know says. The store's clock
 * knows for every process. This process's clocks know for what it stored itself, and for others' tokens only roughly: they
 * bound what a store says that never lets a token end.
 */
export function leftMs(token: StoredToken, remainingMs: number | undefined, clock: Clock): number {
  if (token.process === thisProcess()) {
    const left = token.lifetimeMs - elapsedMs(clock, token.requestedAt)
    return Math.min(remainingMs ?? Number.POSITIVE_INFINITY, left)
  }
  const left = token.lifetimeMs - Math.max(0, clock.now() - token.requestedAt.now)
  return Math.min(remainingMs ?? left, token.lifetimeMs, left + clocksDisagreeByMs)
}

/** Whether the token is in the second half of its refresh window, where a runtime without a background must act. */
export function isLateInWindow({ token, leftMs: left }: CachedToken, key: TokenKey): boolean {
  return left < refreshWindowMs(token.lifetimeMs, key) / 2
}

function freshness(lifetimeMs: number, left: number, key: TokenKey): Freshness {
  if (left <= 0) return 'expired'
  if (left < partOf(lifetimeMs, tooLate)) return 'expiring'
  return left < refreshWindowMs(lifetimeMs, key) ? 'ageing' : 'fresh'
}

/** Narrowed by up to a quarter, by a number that belongs to the key: tokens of one moment are not replaced in one moment. */
function refreshWindowMs(lifetimeMs: number, key: TokenKey): number {
  const spread = Number.parseInt(key.subject.slice(0, 8), 16) ^ Number.parseInt(key.variant.slice(0, 8), 16)
  const factor = 0.75 + 0.25 * ((spread >>> 0) / 0xffff_ffff)
  return partOf(lifetimeMs, refreshWindow) * factor
}

function partOf(lifetimeMs: number, limit: { ms: number; share: number }): number {
  return Math.min(limit.ms, lifetimeMs * limit.share)
}

const stored = asGiven(
  z.strictObject({
    v: z.literal(1),
    accessToken: z.string().check(z.minLength(1)),
    issuedTokenType: z.optional(z.string()),
    lifetimeMs: z.number().check(z.positive()),
    process: z.string(),
    requestedAt: asGiven(z.strictObject({ now: z.number(), monotonic: z.number() })),
  }),
)

/** Reads what a cache gave back; `undefined` for anything that this version did not write. */
export function readStored(text: string): StoredToken | undefined {
  try {
    return stored.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
