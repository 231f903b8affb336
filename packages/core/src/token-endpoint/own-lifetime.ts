import { decode } from 'jose/base64url'
import * as z from 'zod/mini'

/** Beyond the year 5000: milliseconds where seconds belong. */
const absurdSeconds = 1e11

const seconds = z.number().check(z.positive(), z.maximum(absurdSeconds))
const timesSchema = z.object({ exp: seconds, iat: z.optional(seconds) })

/**
 * How long an access token lives by its own `exp` (RFC 7519 §4.1.4), in whole seconds; `undefined` for one that is no
 * JWT or does not say. Its signature is its audience's to check. Counted by the platform's own clock where its answer
 * had a date, else from the token's `iat`, else by this machine's clock. Any one of these may be wrong: a token has
 * expired already, which is 0, only where the platform's date and this machine's clock both say so.
 */
export function ownLifetimeSeconds(
  token: string,
  { platformNow, now }: { platformNow: number | undefined; now: number },
): number | undefined {
  const times = timesOf(token)
  if (times === undefined) return undefined
  const leftAt = (seconds: number): number => Math.floor(times.exp - seconds)
  const byOurs = leftAt(now / 1_000)
  if (platformNow === undefined) {
    const left = times.iat === undefined ? byOurs : leftAt(times.iat)
    return left < 1 ? undefined : left
  }
  const byPlatform = leftAt(platformNow / 1_000)
  return byPlatform < 1 ? Math.max(0, byOurs) : byPlatform
}

function timesOf(token: string): z.output<typeof timesSchema> | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1]
  if (payload === undefined) return undefined
  try {
    return timesSchema.safeParse(JSON.parse(new TextDecoder().decode(decode(payload)))).data
  } catch {
    return undefined
  }
}
