import { decode } from 'jose/base64url'
import * as z from 'zod/mini'
import { UpstreamResponseError } from '../errors.js'
import { accessTokenType } from './request.js'
import type { TokenGrant } from './token-endpoint.js'

/** Longer than any access token that still fits into a request header of common servers. */
const longestToken = 16 * 1_024

const secondsInAYear = 366 * 24 * 60 * 60

const isLifetime = (seconds: number | string): boolean =>
  Math.floor(Number(seconds)) >= 1 && Number(seconds) <= secondsInAYear

/** A number, as RFC 6749 has it, or its digits as text, as some servers send it. */
const lifetime = z.union([z.number(), z.string().check(z.regex(/^\d{1,9}$/))]).check(z.refine(isLifetime))

const grant = z.object({
  // Visible ASCII: whatever else it is, it goes into an Authorization header as it stands.
  access_token: z.string().check(z.maxLength(longestToken), z.regex(/^[\x21-\x7e]+$/)),
  token_type: z.string().check(z.regex(/^bearer$/i)),
  expires_in: z.optional(lifetime),
})

/** RFC 8693 §2.2.1 demands `issued_token_type`, and nothing but an access token is of use here. */
const exchangeGrant = z.object({ issued_token_type: z.literal(accessTokenType) })

/**
 * Checks what an answer grants (RFC 6749 §5.1), beyond what the standard's own rules demand. A token that is a JWT
 * lives no longer than its own `exp` says.
 */
export function toGrant(
  members: object,
  kind: 'token_exchange' | 'client_credentials',
  times: { platformNow: number | undefined; now: number },
): Omit<TokenGrant, 'requestedAt' | 'clientId'> {
  const { access_token, expires_in } = parse(grant, members)
  const own = ownLifetimeSeconds(access_token, times) ?? Number.POSITIVE_INFINITY
  if (own < 1) throw new UpstreamResponseError('the access token has expired already, by its own exp')
  return {
    accessToken: access_token,
    expiresIn: expires_in === undefined ? undefined : Math.min(Math.floor(Number(expires_in)), own),
    issuedTokenType: kind === 'token_exchange' ? parse(exchangeGrant, members).issued_token_type : undefined,
  }
}

function parse<Schema extends z.ZodMiniType>(schema: Schema, members: object): z.output<Schema> {
  const result = z.safeParse(schema, members)
  if (result.success) return result.data
  const [name] = result.error.issues[0]?.path ?? []
  throw new UpstreamResponseError(`the token endpoint's answer has no usable ${String(name)}`)
}

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
function ownLifetimeSeconds(
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
