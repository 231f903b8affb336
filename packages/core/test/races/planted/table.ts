import type { PlantedFault } from './faults.js'
import type { Finding } from './find.js'

/** How a fault was looked for. `undefined`: it was not found. */
export interface Search {
  readonly fault: PlantedFault
  readonly finding: Finding | undefined
}

/** The searches as a table, with the median and the longest. */
export function toTable(searches: readonly Search[]): string {
  const found = searches.flatMap(({ finding }) => finding ?? [])
  const rows = searches.map(({ fault, finding }) => {
    const how =
      finding === undefined
        ? 'not found | | |'
        : `${finding.order.violations[0]?.rule} | ${finding.orders} | ${finding.seconds.toFixed(1)} |`
    return `| ${fault.name} | ${fault.threat ?? ''} | ${how}`
  })
  const sum = (named: string, of: (numbers: readonly number[]) => number): string =>
    `| **${named}** | | | ${of(found.map(({ orders }) => orders))} | ${of(found.map(({ seconds }) => seconds)).toFixed(1)} |`
  return [
    '| planted fault | threat | found by the rule | orders | seconds |',
    '|---|---|---|---|---|',
    ...rows,
    sum('median', medianOf),
    sum('longest', (numbers) => Math.max(0, ...numbers)),
  ].join('\n')
}

function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
