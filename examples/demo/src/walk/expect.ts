import { isDeepStrictEqual } from 'node:util'

/** Something was not as it should be. */
export class Mismatch extends Error {
  readonly expected: string
  readonly actual: string

  constructor(what: string, expected: string, actual: string) {
    super(what)
    this.expected = expected
    this.actual = actual
  }
}

/** @throws Mismatch unless both are the same value, all the way down */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Mismatch(what, shown(expected), shown(actual))
}

/** @throws Mismatch with `otherwise` as what was seen instead, unless `condition` holds */
export function expectThat(what: string, condition: boolean, otherwise = 'it is not so'): asserts condition {
  if (!condition) throw new Mismatch(what, 'that it is so', shown(otherwise))
}

/** A member of an answer's JSON; `undefined` where there is none. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}

/** A member that has to be text. Nobody is shown what it is instead: it may be a token. @throws Mismatch */
export function textMember(value: unknown, name: string): string {
  const text = member(value, name)
  if (typeof text !== 'string' || text === '')
    throw new Mismatch(`"${name}" in the answer`, 'text', typeof text)
  return text
}

/** Short, and without anything that could be a token. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.replaceAll(/[\w.-]{60,}/g, '…').slice(0, 300)
}
