import type { TokenKey } from '../cache/token-cache.js'

/** How a cached token is treated: served; served and replaced; replaced first, though it is still valid; gone. */
export type Freshness = 'fresh' | 'ageing' | 'expiring' | 'expired'

/** The last part of a token's life, in which it is replaced before anybody has to wait: at most five minutes or a fifth. */
const refreshWindow = { ms: 300_000, share: 0.2 }

/** The very last part, in which a token might expire on its way to the platform: at most 30 s or a twentieth. */
const tooLate = { ms: 30_000, share: 0.05 }

export interface TokenLife {
  /** The whole life, in milliseconds. */
  lifetimeMs: number
  /** What is left of it, in milliseconds. */
  leftMs: number
}

export function freshness({ lifetimeMs, leftMs }: TokenLife, key: TokenKey): Freshness {
  if (leftMs <= 0) return 'expired'
  if (leftMs < partOf(lifetimeMs, tooLate)) return 'expiring'
  return leftMs < refreshWindowMs(lifetimeMs, key) ? 'ageing' : 'fresh'
}

/** Whether the token is in the second half of its refresh window, where a runtime without a background must act. */
export function isLateInWindow({ lifetimeMs, leftMs }: TokenLife, key: TokenKey): boolean {
  return leftMs < refreshWindowMs(lifetimeMs, key) / 2
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
