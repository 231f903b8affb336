import { dateOf, httpDate } from '../lib/clock.js'

/** A header that asks for more is nonsense; it is obeyed for so long. */
const longestMs = 366 * 24 * 60 * 60 * 1_000

/** The comma between two values, and not the one behind a date's day of the week. */
const betweenValues = /,(?! *\d\d[ -][A-Z])/

/**
 * How long an answer asks to wait, in milliseconds, from its `Retry-After` headers (RFC 9110 §10.2.3): seconds or a date.
 * A date counts from the answer's own `Date` where it has one: both come from the platform's clock. Of several headers
 * the longest wait counts. `undefined` where nothing usable is said: a date that has gone by is more likely two clocks
 * that disagree than a wish to be called at once.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const sentAt = dateOf(headers, now) ?? now
  let longest: number | undefined
  for (const value of (headers.get('retry-after') ?? '').split(betweenValues)) {
    const ahead = Math.ceil((httpDate(value, now) ?? sentAt) - sentAt)
    const ms = secondsMs(value) ?? (ahead > 0 ? ahead : undefined)
    if (ms !== undefined) longest = Math.min(Math.max(longest ?? 0, ms), longestMs)
  }
  return longest
}

/**
 * Seconds in milliseconds. A fraction, a sign or quotes make no legal value, but reading it as "none" would mean to come
 * back earlier than asked.
 */
export function secondsMs(text: string): number | undefined {
  const seconds = /^["+]?(\d+\.?\d*)"?$/.exec(text.trim())?.[1]
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1_000)
}
