/** The known name that is meant by one with at most two wrong letters; case and separators do not count. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, away: distance(plain(candidate), plain(name)) }))
    .sort((one, other) => one.away - other.away)
  return best !== undefined && best.away <= 2 ? best.candidate : undefined
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
