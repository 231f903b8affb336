import { markdownTable } from 'markdown-table'
import type { Outcome, Result } from './runtime.js'

/** What came of it, as text that reads as well in a terminal as on a page. A step that was not tried leaves its cell empty. */
export function toTable(steps: readonly string[], outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ runtime, results }) => [
    runtime,
    ...steps.map((step) => toCell(results.find((result) => result.step === step))),
  ])
  return markdownTable([['', ...steps], ...rows])
}

function toCell(result: Result | undefined): string {
  if (result === undefined) return ''
  if (result.failed !== undefined) return 'NO'
  return result.said ?? 'yes'
}
