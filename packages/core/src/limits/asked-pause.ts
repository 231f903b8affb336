import { retryAfterMs } from './retry-after.js'

/** How long to stop after an answer that says to stop but not for how long: the platform counts by the second. */
const oneWindowMs = 1_000

/** More than this is no time until a reset but a time stamp, or nonsense. */
const longestResetSeconds = 24 * 60 * 60

/**
 * How long the platform wants no further request for a token, in milliseconds, by the head of any of its answers:
 * 429 (RFC 6585 §4), or an allowance that this answer has used up. `undefined`: it does not ask for a pause.
 */
export function askedPauseMs(answer: Pick<Response, 'status' | 'headers'>, now: number): number | undefined {
  const { status, headers } = answer
  if (status === 429) return retryAfterMs(headers.get('retry-after'), now) ?? resetMs(headers) ?? oneWindowMs
  const remaining = headers.get('ratelimit-remaining') ?? headers.get('x-ratelimit-remaining-second')
  return remaining?.trim() === '0' ? (resetMs(headers) ?? oneWindowMs) : undefined
}

function resetMs(headers: Headers): number | undefined {
  const text = headers.get('ratelimit-reset')?.trim() ?? ''
  const isSeconds = /^\d+(\.\d+)?$/.test(text) && Number(text) <= longestResetSeconds
  return isSeconds ? retryAfterMs(text, 0) : undefined
}
