/** The names of an object that mean nothing here, each as a problem; `known` are the names that do. */
export const unknownNames = (given: object, known: readonly string[]): string[] =>
  Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => unknownName(name, known))

/** What to say about a name that means nothing here; `known` are the names that do. */
export function unknownName(name: string, known: readonly string[]): string {
  // the name may be anything: a value that was written in place of a name must not reach a log
  const shown = /^[A-Za-z][\w-]{0,39}$/.test(name) ? `unknown option ${name}` : 'an unknown option'
  const [nearest] = known
    .map((candidate) => ({ candidate, away: distance(plain(candidate), plain(name)) }))
    .sort((one, other) => one.away - other.away)
  const meant = nearest !== undefined && nearest.away <= 2 ? nearest.candidate : undefined
  return meant === undefined ? shown : `${shown}: did you mean ${meant}?`
}

function plain(name: string): string {
  return name
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}

/** Levenshtein distance: how many letters have to change. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
