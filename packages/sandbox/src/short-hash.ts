import { createHash } from 'node:crypto'

/** Twelve hex digits that are always the same for the same texts. */
export function shortHash(...texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 12)
}
