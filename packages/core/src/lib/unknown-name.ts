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
  let away = other.length
  for (const letter of one) {
    let diagonal = 0
    row = row.map((above, column) => {
      const replaced = diagonal + (letter === other[column - 1] ? 0 : 1)
      away = column === 0 ? above + 1 : Math.min(replaced, above + 1, away + 1)
      diagonal = above
      return away
    })
  }
  return away
}
