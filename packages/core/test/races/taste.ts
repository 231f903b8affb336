import { Random } from './random.js'

const tastes = [0.15, 1, 1, 1, 4] as const
/** Who and what it concerns: not its kind. */
const details = /\b[abcPQ]\b|\w+\/\w+|\banna\b|\bbert\b|\btoken-[\w-]+|#?\d+/g

/**
 * How much an order likes a kind of thing to happen. Each order prefers some kinds and neglects others, so that many of
 * them meet what is rare in all.
 */
export function tasteOf(seed: number): (name: string) => number {
  const known = new Map<string, number>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const taste = new Random(hashOf(name.replace(details, '')) ^ seed).pick(tastes)
    known.set(name, taste)
    return taste
  }
}

/** The same number for the same text, on every machine. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
