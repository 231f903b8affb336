import * as z from 'zod'
import { nearest } from './nearest.js'

/**
 * A value as its schema has it.
 *
 * @throws TypeError that begins with `what` and names each problem by its path, never with a value
 */
export function checked<Output>(schema: z.ZodType<Output>, value: unknown, what: string): Output {
  const result = schema.safeParse(value, { error: problemOf })
  if (result.success) return result.data
  throw new TypeError(`${what}: ${problemsOf(result.error).join('; ')}`)
}

/** Each problem with its path in front. `whole` stands for the value itself. */
export function problemsOf({ issues }: z.ZodError, whole = 'options'): string[] {
  return issues.map(({ code, path, message }) => {
    const at = path.join('.')
    if (code === 'unrecognized_keys') return at === '' ? message : `${at}: ${message}`
    return `${at || whole} ${message}`
  })
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
}

/** What is wrong, in words that follow a path, where the schema has no words of its own. */
export function problemOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kinds[issue.expected] ?? 'an object'}`
    case 'too_small':
      return typeof issue.input === 'number' ? `must be at least ${issue.minimum}` : 'is empty'
    case 'too_big':
      return typeof issue.input === 'number'
        ? `must be at most ${issue.maximum}`
        : `is longer than ${issue.maximum}`
    case 'invalid_value':
      return `must be ${issue.values.join(' or ')}`
    case 'unrecognized_keys':
      return issue.keys.map((name) => unknownName(name, namesOf(issue.inst))).join(', ')
    default:
      return 'is of another kind than its type says'
  }
}

/** The name may be anything: a value that was written in its place must not reach a log. */
function unknownName(name: string, known: readonly string[]): string {
  const shown = /^[A-Za-z][\w-]{0,39}$/.test(name) ? `unknown member ${name}` : 'an unknown member'
  const meant = nearest(name, known)
  return meant === undefined ? shown : `${shown}: did you mean ${meant}?`
}

function namesOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}
