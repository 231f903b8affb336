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
