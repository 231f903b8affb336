/** A text in a script's answer, which a client may be set up to return as bytes. `undefined`: none. */
export function text(part: unknown): string | undefined {
  if (typeof part === 'string') return part
  return part instanceof Uint8Array ? new TextDecoder().decode(part) : undefined
}

/** A number in a script's answer, which a client may be set up to return as text. Not a number: `NaN`. */
export function number(part: unknown): number {
  return Number(typeof part === 'number' || typeof part === 'bigint' ? part : text(part))
}

/** A list in a script's answer. */
export function list(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : []
}
