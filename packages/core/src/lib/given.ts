// What callers give: texts, and the members of objects.

// Lone surrogates have no UTF-8 form, and control characters and line separators end log lines and headers.
const forbidden = /[\p{Cc}\p{Cs}\u2028\u2029]/u

// Nearly every id and address: what needs no table of letters, and no second look.
const plain = /^[\x21-\x7e]+$/

/** What is wrong with a text that ends up in claims, requests and logs, in words that follow its name; `undefined` when nothing is. */
export function textProblem(value: unknown, maximumLength = 1_024): string | undefined {
  if (value === undefined) return 'is missing'
  if (typeof value !== 'string') return 'must be a string'
  if (value.length <= maximumLength && plain.test(value)) return undefined
  if (value === '') return 'is empty'
  if (value.trim() === '') return 'is blank'
  if (value.length > maximumLength) return `is longer than ${maximumLength} characters`
  if (forbidden.test(value)) return 'holds a control character or half of a surrogate pair'
  return undefined
}

/** Whether every surrogate has its other half, so that the text has a UTF-8 form (RFC 3629 §3). */
export function isWellFormed(value: string): boolean {
  return !/\p{Cs}/u.test(value)
}

/** A member of the object or of its class, and nothing that somebody has put on every object's prototype. */
export function member(given: object, name: string): unknown {
  for (let owner = given; ; ) {
    // Read once: a getter cannot answer differently the second time.
    if (Object.hasOwn(owner, name)) return Reflect.get(given, name)
    const next: unknown = Object.getPrototypeOf(owner)
    if (typeof next !== 'object' || next === null || Object.getPrototypeOf(next) === null) return undefined
    owner = next
  }
}

/** {@link member}s with no prototype behind them; nothing of what is no object. */
export function namedMembers<Name extends string>(
  given: unknown,
  ...names: readonly Name[]
): Record<Name, unknown> {
  const members = Object.create(null)
  if (typeof given === 'object' && given !== null)
    for (const name of names) members[name] = member(given, name)
  return members
}

/**
 * The members that an object has itself, with no prototype behind them: what another library has put on every object was
 * not given.
 */
export function ownMembers<Given extends object>(given: Given | undefined): Given {
  return Object.assign(Object.create(null), given)
}
