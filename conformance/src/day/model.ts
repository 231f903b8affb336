/**
 * A day of a partner's users: when they come, how long they stay, how often their pages call. Everything is drawn
 * from one seed, so that the same day can be lived through by different fleets.
 */
export interface Visit {
  /** Seconds since midnight. */
  readonly from: number
  readonly until: number
  /** Whether the user logs out at the end, or just goes away. */
  readonly logsOut: boolean
}

/** Share of a day's visits that begin in each hour, in percent; the busiest hour has 12. */
const arrivals = [
  0.4, 0.2, 0.2, 0.2, 0.4, 1, 2.6, 5, 8.5, 11, 12, 9.5, 7, 7.5, 8, 7.5, 6, 4.5, 3, 2.2, 1.5, 1, 0.5, 0.3,
]

/** Share of the visits, and their length in seconds. */
const lengths = [
  { share: 0.5, seconds: 600 },
  { share: 0.3, seconds: 2_700 },
  { share: 0.15, seconds: 14_400 },
  { share: 0.05, seconds: 32_400 },
]

const shareThatLogsOut = 0.05
const secondsBetweenCalls = { least: 20, most: 90 }

/** Numbers from 0 to 1 that look random and are the same for the same seed. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000
  }
}

export function visitsOf(users: number, seed: number): Visit[] {
  const random = numbersFrom(seed)
  const total = arrivals.reduce((sum, percent) => sum + percent, 0)
  return Array.from({ length: users }, () => {
    const hour = drawn(arrivals, random() * total)
    const from = hour * 3_600 + Math.floor(random() * 3_600)
    const length = lengths[
      drawn(
        lengths.map(({ share }) => share),
        random(),
      )
    ] ?? { seconds: 600 }
    return { from, until: from + length.seconds, logsOut: random() < shareThatLogsOut }
  })
}

/** Seconds until the same page calls again. */
export function pauseAfterCall(random: () => number): number {
  const { least, most } = secondsBetweenCalls
  return least + Math.floor(random() * (most - least + 1))
}

function drawn(weights: readonly number[], point: number): number {
  let sum = 0
  const index = weights.findIndex((weight) => {
    sum += weight
    return point < sum
  })
  return index === -1 ? weights.length - 1 : index
}
