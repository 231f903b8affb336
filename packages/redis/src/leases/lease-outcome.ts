import type { LeaseFailure, LeaseOutcome, TesouroTokensErrorCode } from '@tesouro-tokens/core'

/** A list that the compiler keeps complete. */
const codes: { readonly [code in TesouroTokensErrorCode]: true } = {
  configuration: true,
  invalid_request: true,
  invalid_user: true,
  subject_token: true,
  token_endpoint: true,
  rate_limited: true,
  upstream_unavailable: true,
  upstream_response: true,
  user_forgotten: true,
  cache_unavailable: true,
  closed: true,
}
const kinds: { readonly [kind in LeaseFailure['kind']]: true } = { passing: true, user: true, client: true }
const longestRetryAfterSeconds = 86_400

/**
 * Reads what another process has left, which anybody with access to Redis may have written. A number or text that
 * cannot be is left out. An outcome that says nothing to this version tells a waiting process to exchange by itself.
 */
export function readOutcome(json: string | undefined): LeaseOutcome {
  const outcome = membersOf(parse(json))
  if (outcome.get('stored') === true) return { stored: true }
  const failed = membersOf(outcome.get('failed'))
  const code = failed.get('code')
  const kind = failed.get('kind')
  if (!isNameIn(codes, code) || !isNameIn(kinds, kind)) return { notCacheable: true }
  const status = failed.get('status')
  const error = failed.get('error')
  const retryable = failed.get('retryable')
  const retryAfterSeconds = failed.get('retryAfterSeconds')
  return {
    failed: {
      code,
      kind,
      ...(isNumberIn(status, 100, 599) && Number.isInteger(status) && { status }),
      ...(typeof error === 'string' && /^[\w-]{1,60}$/.test(error) && { error }),
      ...(typeof retryable === 'boolean' && { retryable }),
      ...(isNumberIn(retryAfterSeconds, 0, longestRetryAfterSeconds) && { retryAfterSeconds }),
    },
  }
}

function parse(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '')
  } catch {
    return undefined
  }
}

/** Own members only. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
}

function isNameIn<Name extends string>(
  names: { readonly [name in Name]: true },
  value: unknown,
): value is Name {
  return typeof value === 'string' && Object.hasOwn(names, value)
}

function isNumberIn(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most
}
