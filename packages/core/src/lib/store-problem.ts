import { member } from './given.js'
import { hasMethods } from './option.js'

/** What is wrong with a value that has to be a store: `methods` it must have, `others` it may have. */
export function storeProblem(
  value: unknown,
  kind: string,
  methods: readonly string[],
  ...others: readonly string[]
): string | undefined {
  if (!hasMethods(value, methods)) {
    const needed = `a ${kind} (${methods.slice(0, -1).join(', ')} and ${methods.at(-1)})`
    // A store that was not awaited is the commonest mistake.
    return value instanceof Promise ? `is a promise: await it first, to give ${needed}` : `must be ${needed}`
  }
  const wrong = others.filter((name) => {
    const method = member(Object(value), name)
    return method !== undefined && typeof method !== 'function'
  })
  return wrong.map((name) => `its ${name} must be a function`).join('\n') || undefined
}
