/** Where the time comes from; both in milliseconds. */
export interface Clock {
  /** Wall clock: milliseconds since the epoch. */
  now(): number
  /** A clock that never goes back; its zero means nothing. */
  monotonic(): number
}

// Taken when the module is loaded: the tests of an application may fake them later, and time that stands still would hold
// up for good what only waits for its turn. The wall clock is faked with theirs, so that they can let tokens expire.
const ownTimers: Timers = { setTimeout, clearTimeout }

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: performance.now.bind(performance),
}

/** What starts and stops timers. */
export type Timers = Pick<typeof globalThis, 'setTimeout' | 'clearTimeout'>

/** The timers that go with a clock: the runtime's own with the system's, those of the moment with one that was given. */
export function timersOf(clock: object): Timers {
  return clock === systemClock ? ownTimers : { setTimeout, clearTimeout }
}

/** A moment by both clocks. */
export interface Moment {
  readonly now: number
  readonly monotonic: number
}

export function momentOf(clock: Clock): Moment {
  return { now: clock.now(), monotonic: clock.monotonic() }
}

/**
 * How long ago a moment was, in milliseconds: the larger of both clocks' differences. The wall clock may be set
 * back, the monotonic clock may stand still while a machine sleeps; the larger difference is never too small.
 */
export function elapsedMs(clock: Clock, since: Moment): number {
  return Math.max(clock.now() - since.now, clock.monotonic() - since.monotonic)
}

/** A mark for what this process stored: only for that do its own clocks tell the age. */
let mark: string | undefined

/** Drawn at first use: workers refuse to draw anything while modules are loaded. */
export function thisProcess(): string {
  mark ??= crypto.randomUUID()
  return mark
}

// What another machine's clock says, as HTTP tells it.

const months = ' Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** The three forms of an HTTP date that a recipient has to understand (RFC 9110 §5.6.7). */
const dateForms: readonly RegExp[] = [
  /^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>[\d:]{8}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>[\d:]{8}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>[\d:]{8}) (?<year>\d{4})$/,
]

/** When an answer was sent, by its sender's clock, in milliseconds since the epoch; `undefined` where it does not say. */
export const dateOf = (headers: Headers, now: number): number | undefined =>
  httpDate(headers.get('date') ?? '', now)

/**
 * An HTTP date in milliseconds since the epoch. Read by its form, and not by `Date.parse` alone, which takes nearly anything
 * for a date.
 */
export function httpDate(text: string, now: number): number | undefined {
  for (const form of dateForms) {
    const { day = '', month = '', year = '', time = '' } = form.exec(text.trim())?.groups ?? {}
    const numbers = [Math.max(0, months.indexOf(month)), Number(day)]
    const date = [fullYear(year, now), ...numbers.map((part) => String(part).padStart(2, '0'))].join('-')
    // A leap second has no other name there.
    const ms = Date.parse(`${date}T${time.replace(/60$/, '59')}Z`)
    if (ms >= 0) return ms
  }
  return undefined
}

/** Two digits that would name a year more than 50 years ahead name one of the century before (RFC 9110 §5.6.7). */
function fullYear(digits: string, now: number): string | number {
  if (digits.length === 4) return digits
  const thisYear = new Date(now).getUTCFullYear()
  const year = Math.floor(thisYear / 100) * 100 + Number(digits)
  return year > thisYear + 50 ? year - 100 : year
}
