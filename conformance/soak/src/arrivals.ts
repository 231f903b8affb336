/** What reached the platform's limiter. */
export interface Arrivals {
  /** From the first request to the last. */
  perSecond: number
  /** Requests in the busiest second, wherever it begins. */
  mostInOneSecond: number
  /** Requests in the slowest ten seconds between the first and the last, in steps of a second. */
  leastInTenSeconds: number
  /** How many of the requests were answered 429, from 0 to 1. */
  refusedShare: number
}

/** Reads when requests reached the sandbox from the lines that it logs when it has answered them. */
export function arrivalsAt(): { log: (line: string) => void; forget(): void; sum(): Arrivals } {
  let times: number[] = []
  let refused = 0
  return {
    log(line) {
      const [, status, lastedMs] = /→ (\d+|no answer) .*?(\d+) ms$/.exec(line) ?? []
      times.push(performance.now() - Number(lastedMs))
      if (status === '429') refused += 1
    },
    forget() {
      times = []
      refused = 0
    },
    sum: () => ({ ...sumOf(times), refusedShare: refused / times.length }),
  }
}

export function sumOf(times: readonly number[]): Omit<Arrivals, 'refusedShare'> {
  const sorted = [...times].sort((a, b) => a - b)
  const first = sorted[0] ?? Number.NaN
  const last = sorted.at(-1) ?? Number.NaN
  const within = (from: number, ms: number): number =>
    sorted.filter((time) => time >= from && time < from + ms).length
  const tens: number[] = []
  for (let from = first; from + 10_000 <= last; from += 1_000) tens.push(within(from, 10_000))
  return {
    perSecond: (sorted.length - 1) / ((last - first) / 1_000),
    mostInOneSecond: Math.max(...sorted.map((from) => within(from, 1_000))),
    leastInTenSeconds: Math.min(...tens),
  }
}
