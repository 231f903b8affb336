/** A positive number, infinity excluded. */
export const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0

/** What is wrong with a number of seconds. */
export function secondsProblem(value: unknown): string | undefined {
  return isPositive(value) ? undefined : 'must be a positive number of seconds'
}

/** What is wrong with a number of milliseconds. Timers take 32 bits: a longer wait would end at once. */
export function millisecondsProblem(value: unknown): string | undefined {
  return isPositive(value) && value < 2 ** 31
    ? undefined
    : 'must be a positive number of milliseconds, below 2,147,483,648'
}
