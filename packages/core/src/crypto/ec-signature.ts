/** Bytes of each of the two numbers in an EC signature (RFC 7518 §3.4). */
const sizes: { readonly [curve: string]: number } = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }

/**
 * The signature in the form of a JWS, R and S side by side (RFC 7518 §3.4). Takes that form, and the DER form
 * that key management services give (RFC 3279 §2.2.3); `undefined` for anything else.
 */
export function joseSignature(signature: Uint8Array, curve: string): Uint8Array | undefined {
  const size = sizes[curve] ?? 0
  // DER of exactly this length would need numbers that begin with several zero bytes: once in 2^48 signatures
  if (signature.length === 2 * size) return signature
  const numbers = readDer(signature)
  if (numbers === undefined || numbers.some((number) => number.length > size)) return undefined
  const joined = new Uint8Array(2 * size)
  for (const [index, number] of numbers.entries()) joined.set(number, (index + 1) * size - number.length)
  return joined
}

/** The two numbers of `SEQUENCE { INTEGER r, INTEGER s }`, without leading zeros. */
function readDer(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const sequence = readElement(bytes, 0x30)
  if (sequence === undefined || sequence.rest.length > 0) return undefined
  const r = readElement(sequence.content, 0x02)
  const s = r && readElement(r.rest, 0x02)
  if (r === undefined || s === undefined || s.rest.length > 0) return undefined
  const numbers = [r.content, s.content].map(positive)
  return numbers.every((number) => number !== undefined) ? numbers : undefined
}

/** One element of DER whose length is below 256, and what comes after it. */
function readElement(bytes: Uint8Array, tag: number): { content: Uint8Array; rest: Uint8Array } | undefined {
  const [found, first = 0, second = 0] = bytes
  if (found !== tag) return undefined
  const isLong = first === 0x81
  if (first > 0x81 || first === 0x80 || (isLong && second < 0x80)) return undefined
  const start = isLong ? 3 : 2
  const end = start + (isLong ? second : first)
  return end > bytes.length ? undefined : { content: bytes.subarray(start, end), rest: bytes.subarray(end) }
}

function positive(number: Uint8Array): Uint8Array | undefined {
  const [first = 0x80, second = 0] = number
  if (first >= 0x80) return undefined
  if (first !== 0) return number
  // a zero stands in front only where the next bit would make the number negative
  return second >= 0x80 ? number.subarray(1) : undefined
}
