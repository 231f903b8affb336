/** A header that asks for more is nonsense; it is obeyed for so long. */
const longestMs = 366 * 24 * 60 * 60 * 1_000

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`

/** The three forms of an HTTP date that a recipient has to understand (RFC 9110 §5.6.7). */
const dateForms: readonly RegExp[] = [
  new RegExp(String.raw`^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) ${time} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) ${time} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) ${time} (?<year>\d{4})$`),
]

/**
 * How long an answer asks to wait, in milliseconds, from its `Retry-After` header (RFC 9110 §10.2.3): seconds or a
 * date. `undefined` for a header that is missing or says nothing usable: a date that has gone by is more likely two
 * clocks that disagree than a wish to be called at once.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? ''
  // A fraction is no legal value, but reading it as "none" would mean to come back earlier than asked.
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), longestMs)
  const date = httpDate(text, now)
  return date === undefined || date <= now ? undefined : Math.min(Math.ceil(date - now), longestMs)
}

/** An HTTP date in milliseconds since the epoch. Not by `Date.parse`, which takes nearly anything for a date. */
function httpDate(text: string, now: number): number | undefined {
  for (const form of dateForms) {
    const parts = form.exec(text)?.groups
    if (parts === undefined) continue
    const month = months.indexOf(parts.month ?? '')
    const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(Number)
    if (month < 0 || !day || day > 31 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
      return undefined
    return Date.UTC(fullYear(parts.year ?? '', now), month, day, hour, minute, second)
  }
  return undefined
}

/** Two digits that would name a year more than 50 years ahead name one of the century before (RFC 9110 §5.6.7). */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits)
  const thisYear = new Date(now).getUTCFullYear()
  const year = Math.floor(thisYear / 100) * 100 + Number(digits)
  return year > thisYear + 50 ? year - 100 : year
}
