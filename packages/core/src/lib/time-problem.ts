import type { Clock } from './clock.js'
import { hasMethods, type ProblemOf, unless } from './option.js'

/** A positive number, infinity excluded. */
const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0

/** What is wrong with a number of seconds. */
export const secondsProblem: ProblemOf = unless(isPositive, 'must be a positive number of seconds')

/** What is wrong with a number of milliseconds. Timers take 32 bits: a longer wait would end at once. */
export const millisecondsProblem: ProblemOf = unless(
  (value) => isPositive(value) && value < 2 ** 31,
  'must be a positive number of milliseconds, below 2,147,483,648',
)

/** Tells the time. A clock that does not would have every wait end at once, or never. */
function isClock(value: unknown): boolean {
  if (!hasMethods(value, ['now', 'monotonic'])) return false
  const clock = value as Clock
  try {
    return Number.isFinite(clock.now()) && Number.isFinite(clock.monotonic())
  } catch {
    return false
  }
}

/** What is wrong with a clock. */
export const clockProblem: ProblemOf = unless(
  isClock,
  'must have the functions now and monotonic, both giving milliseconds',
)
