/** The known name that is meant by one with at most two wrong letters; case and separators do not count. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: { name: string; distance: number } | undefined
  for (const candidate of known) {
    const distance = lettersBetween(plain(candidate), plain(name))
    if (distance <= 2 && (best === undefined || distance < best.distance))
      best = { name: candidate, distance }
  }
  return best?.name
}

function plain(name: string): string {
  return name
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}

/** Levenshtein distance: how many letters have to change. */
function lettersBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  let distance = other.length
  for (const letter of one) {
    let diagonal = 0
    row = row.map((above, column) => {
      const replaced = diagonal + (letter === other[column - 1] ? 0 : 1)
      distance = column === 0 ? above + 1 : Math.min(replaced, above + 1, distance + 1)
      diagonal = above
      return distance
    })
  }
  return distance
}
