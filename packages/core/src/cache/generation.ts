// A generation changes with every logout, and what was asked for under another one is not stored. It is text that
// stores of ours make in one form: `<part>` after a logout, `<part>~<renewal>` after a renewal, and `0.<uuid>` where
// the store knows nothing of the person, neither a logout nor that there was none.

const ownPrefix = '\u0000memory '
const unknownPart = /^0\.[0-9a-f]{8}-[0-9a-f]{4}-/

/** Marks a generation that this process made, for as long as the store has told none. */
export function ownGeneration(generation: string): string {
  return `${ownPrefix}${generation}`
}

/** The generation after a renewal: nobody has logged out. */
export function renewedGeneration(generation: string, id: string): string {
  return `${logoutPart(generation)}~${id}`
}

/** Whether a store that tells this generation knows nothing of what was before. */
export function isUnknownGeneration(generation: string): boolean {
  return unknownPart.test(generation)
}

/** Whether a generation is this process's own, so that it cannot be compared with what a store tells. */
export function isOwnGeneration(generation: string): boolean {
  return generation.startsWith(ownPrefix)
}

/**
 * Whether the person was logged out between two answers of the store, as far as generations tell: not after a renewal, and
 * not where the store has lost what it knew of the person.
 */
export function loggedOutBetween(before: string, after: string): boolean {
  if (isOwnGeneration(before) || isOwnGeneration(after)) return false
  return logoutPart(before) !== logoutPart(after) && !isUnknownGeneration(after)
}

function logoutPart(generation: string): string {
  const end = generation.indexOf('~')
  return end < 0 ? generation : generation.slice(0, end)
}
