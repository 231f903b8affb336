import { WindowCounts } from '../limits/window-counts.js'
import type { TesouroTokens } from '../tokens.js'
import type { TesouroUser } from '../user.js'
import { hookOf } from './hook.js'
import type { WidgetTokenOptions } from './options.js'
import { Refusal, retryAfter } from './refusal.js'

const windowMs = 60_000

/** Counts one token of a user's, or refuses it. */
export type TakeMint = (tokens: TesouroTokens, user: TesouroUser) => Promise<void>

/**
 * A limit for each user: one user's polling page takes nothing from another. It is counted in the tokens' shared store;
 * where there is none, or it is away, in this process.
 */
export function createMintLimit(
  limit: NonNullable<WidgetTokenOptions<unknown>['mintLimit']>,
  /** Requests of another kind are counted by themselves. */
  kind: string,
): TakeMint {
  if (limit === false) return async () => {}
  const points = limit.perMinute
  const own = new WindowCounts({ points, windowMs })
  return async (tokens, { sub, tenant }) => {
    const { countMint, monotonic = () => performance.now() } = hookOf(tokens)
    const name = `["mint",${[kind, tenant ?? null, sub].map((part) => JSON.stringify(part)).join()}]`
    const waitMs = (await countMint?.(name, { points, windowMs })) ?? own.count(name, monotonic())
    if (waitMs > 0) throw new Refusal('rate_limited', { headers: retryAfter(waitMs / 1_000) })
  }
}
