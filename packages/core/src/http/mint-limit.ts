/// <reference path="../token-endpoint/rate-limiter-memory.d.ts" />
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import type { TesouroUser } from '../user.js'
import { Refusal, retryAfter } from './refusal.js'

const defaultPerMinute = 30

/** Counts one token of a user's, or refuses it. */
export type TakeMint = (user: TesouroUser) => Promise<void>

/** A limit for each user, in this process's memory: one user's polling page takes nothing from another. */
export function createMintLimit(limit: false | { perMinute: number } | undefined): TakeMint {
  if (limit === false) return async () => {}
  const limiter = new RateLimiterMemory({ points: limit?.perMinute ?? defaultPerMinute, duration: 60 })
  return async ({ sub, tenant }) => {
    try {
      await limiter.consume(JSON.stringify([tenant ?? null, sub]))
    } catch (refused) {
      throw new Refusal('rate_limited', { headers: retryAfter(millisecondsToWait(refused) / 1000) })
    }
  }
}

function millisecondsToWait(refused: unknown): number {
  const wait =
    typeof refused === 'object' && refused !== null && 'msBeforeNext' in refused ? refused.msBeforeNext : 0
  return typeof wait === 'number' ? wait : 0
}
