/// <reference path="./rate-limiter-memory.d.ts" />

import type RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import { sha256Hex } from '#crypto'
import type { LimitStore } from '../limits/limit-store.js'
import { createStoreAccess } from '../limits/store-access.js'
import type { TesouroUser } from '../user.js'
import type { WidgetTokenOptions } from './options.js'
import { Refusal, retryAfter } from './refusal.js'

const defaultPerMinute = 30
const windowMs = 60_000

/** How long a store gets for an answer before this process counts by itself. */
const storeMs = 250

/** Counts one token of a user's, or refuses it. */
export type TakeMint = (user: TesouroUser) => Promise<void>

/** Milliseconds until the user may have another; 0: this one is counted. */
type Count = (user: TesouroUser) => Promise<number>

/** A limit for each user: one user's polling page takes nothing from another. */
export function createMintLimit(limit: WidgetTokenOptions<unknown>['mintLimit']): TakeMint {
  if (limit === false) return async () => {}
  const { perMinute = defaultPerMinute, store } = limit ?? {}
  const own = countInMemory(perMinute)
  const count = store === undefined ? own : countInStore(store, perMinute, own)
  return async (user) => {
    const waitMs = await count(user)
    if (waitMs > 0) throw new Refusal('rate_limited', { headers: retryAfter(waitMs / 1_000) })
  }
}

function countInMemory(perMinute: number): Count {
  let limiter: Promise<RateLimiterMemory> | undefined
  return async (user) => {
    limiter ??= createLimiter(perMinute)
    return (await limiter).consume(nameOf(user)).then(
      () => 0,
      (full: { msBeforeNext: number }) => Math.max(1, full.msBeforeNext),
    )
  }
}

/** Loaded when the first token is asked for: an endpoint that is only mounted needs none. */
async function createLimiter(points: number): Promise<RateLimiterMemory> {
  const { default: Limiter } = await import('rate-limiter-flexible/lib/RateLimiterMemory.js')
  return new Limiter({ points, duration: windowMs / 1_000 })
}

/** A store that is down or late costs nobody a token: then each process counts for itself. */
function countInStore(store: LimitStore, perMinute: number, own: Count): Count {
  const access = createStoreAccess({ ms: storeMs, monotonic: () => performance.now() })
  return async (user) => {
    const key = sha256Hex(nameOf(user))
    return (await access.wait(() => store.count(key, { points: perMinute, windowMs }))) ?? own(user)
  }
}

const nameOf = ({ sub, tenant }: TesouroUser): string => JSON.stringify([tenant ?? null, sub])
