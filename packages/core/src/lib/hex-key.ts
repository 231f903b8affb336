const hexKey = /^[0-9a-fA-F]{64}$/

/** The classic mistakes, the surest sign first. Texts follow the option's name and repeat no character of the value. */
const mistakes: readonly [looksLike: (value: string) => boolean, text: (length: number) => string][] = [
  [(value) => value === '', () => 'is empty'],
  [(value) => value !== value.trim(), () => 'has white space or a line break around it'],
  [(value) => /^["'`]|["'`]$/.test(value), () => 'is in quotes: take them off'],
  [
    (value) => /^\w+ ?[=:] ?["']?[0-9a-f]{64}/i.test(value),
    () => 'has a name in front of it: give only the digits',
  ],
  [(value) => /^0x/i.test(value), () => 'starts with 0x: take that off'],
  [(value) => hexKey.test(value.normalize('NFKC')), () => 'has full-width digits: type plain ones'],
  [(value) => /[^\x20-\x7e]/.test(value), () => 'holds a control character, or one outside ASCII'],
  [
    (value) => hexKey.test(value.replace(/[ :.,_-]/g, '')),
    () => 'has separators between its digits: take them out',
  ],
  [(value) => /^[0-9a-f]{128}$/i.test(value), () => 'has 128 hex digits: it was put into hex twice'],
  [(value) => /^[0-9a-f]+$/i.test(value), (length) => `has ${length} hex digits${lostOrDoubled(length)}`],
  [(value) => /^[\w+/-]{43}=?$/.test(value), () => 'looks like base64 of 32 bytes: write those bytes in hex'],
  [
    (value) => /^[\w+/-]{86}(==)?$/.test(value),
    () => 'looks like base64 of the hex digits: give the digits themselves',
  ],
  [
    (value) => value.length === 32,
    () => 'has 32 characters, as if they were the key itself: write its bytes in hex',
  ],
  [(value) => value.length === 64, () => 'has 64 characters, but some are not hex digits (0-9, a-f)'],
  [() => true, (length) => `has ${length} characters that are not all hex digits`],
]

function lostOrDoubled(length: number): string {
  return length === 63 || length === 65 ? ': one was lost or typed twice' : ''
}

/**
 * Why a value is no key of 32 bytes in hex, in words that follow the option's name; `undefined` when it is one.
 * The pattern comes first because decoders are lenient: `Buffer.from(value, 'hex')` never fails.
 */
export function hexKeyProblem(
  value: unknown,
  wanted = '64 hex digits are needed, 32 random bytes',
): string | undefined {
  if (value instanceof Uint8Array) return `is given as bytes; ${wanted}`
  if (typeof value !== 'string') return `must be a string; ${wanted}`
  if (hexKey.test(value)) return undefined
  const mistake = mistakes.find(([looksLike]) => looksLike(value))
  return `${mistake?.[1](value.length)}; ${wanted}`
}

/** The 32 bytes of a key that {@link hexKeyProblem} finds nothing wrong with. */
export function hexKeyBytes(key: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(key.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
