/** Where lines go: `count` lines like those above are told in one line, which the next count replaces. */
export interface Paper {
  line(text: string): void
  more(count: number): void
}

const longestRound = 8

/**
 * Folds what repeats. A page that is open asks the same every few seconds: that is told once, then counted, until
 * something else happens.
 */
export function createFolded(paper: Paper): (line: string, shown: string) => void {
  let round: string[] = []
  let count = 0
  return (line, shown) => {
    const kind = line.replaceAll(/\d+(?:\.\d+)? ms/g, 'some ms').replaceAll(/\b[0-9a-f-]{32,}\b/g, 'an id')
    if (round.includes(kind)) {
      count += 1
      paper.more(count)
      return
    }
    // After a change, the first repetitions are told again.
    if (count > 0) round = []
    count = 0
    round = [...round, kind].slice(-longestRound)
    paper.line(shown)
  }
}
