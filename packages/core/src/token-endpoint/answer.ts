import { UpstreamResponseError } from '../errors.js'
import { accessTokenType } from './request.js'
import type { TokenGrant } from './token-endpoint.js'

/** Longer than any access token that still fits into a request header of common servers. */
const longestToken = 16 * 1_024

const secondsInAYear = 366 * 24 * 60 * 60

/** Checks what an answer grants (RFC 6749 §5.1), beyond what the standard's own rules demand. */
export function toGrant(
  members: object,
  kind: 'token_exchange' | 'client_credentials',
): Omit<TokenGrant, 'requestedAt'> {
  const accessToken = usable(members, 'access_token', isToken)
  usable(members, 'token_type', isBearer)
  const lifetime = usable(members, 'expires_in', isLifetime)
  return {
    accessToken,
    expiresIn: lifetime === undefined ? undefined : Math.floor(Number(lifetime)),
    issuedTokenType:
      kind === 'token_exchange' ? usable(members, 'issued_token_type', isAccessTokenType) : undefined,
  }
}

function usable<Value>(members: object, name: string, is: (value: unknown) => value is Value): Value {
  const value: unknown = Reflect.get(members, name)
  if (is(value)) return value
  throw new UpstreamResponseError(`the token endpoint's answer has no usable ${name}`)
}

/** Visible ASCII: whatever else it is, it goes into an Authorization header as it stands. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestToken && /^[\x21-\x7e]+$/.test(value)
}

function isBearer(value: unknown): value is string {
  return typeof value === 'string' && /^bearer$/i.test(value)
}

/** A number of seconds, as RFC 6749 has it, or its digits as text, as some servers send it; or none. */
function isLifetime(value: unknown): value is number | string | undefined {
  if (value === undefined) return true
  if (typeof value !== 'number' && !(typeof value === 'string' && /^\d{1,9}$/.test(value))) return false
  return Math.floor(Number(value)) >= 1 && Number(value) <= secondsInAYear
}

/** RFC 8693 §2.2.1 demands `issued_token_type`, and nothing but an access token is of use here. */
function isAccessTokenType(value: unknown): value is typeof accessTokenType {
  return value === accessTokenType
}
