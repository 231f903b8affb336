import type { Output } from '../terminal/output.js'
import { sentence } from '../terminal/sentence.js'
import type { CheckStatus } from './check.js'
import type { TitledResult } from './run-checks.js'

/** What `doctor --json` prints. */
export interface DoctorReport {
  command: 'doctor'
  /** No check has failed. */
  ok: boolean
  /** In the order in which they were made. `id` and `status` are stable, the texts are not. */
  checks: readonly {
    id: string
    title: string
    /** `skip`: it could not be checked, and `found` says why. `warn`: it works, and will not always. */
    status: CheckStatus
    tried: string
    found: string
    todo: readonly string[]
  }[]
  /** How many there are of each. */
  summary: { readonly [Status in CheckStatus]: number }
}

const labels: { readonly [Status in CheckStatus]: string } = {
  ok: 'ok',
  warn: 'warn',
  fail: 'FAIL',
  skip: 'skip',
}
const indent = 25

export function reportOf(results: readonly TitledResult[]): DoctorReport {
  const summary = { ok: 0, warn: 0, fail: 0, skip: 0 }
  for (const { status } of results) summary[status] += 1
  const checks = results.map(({ id, title, status, tried, found, todo }) => ({
    id,
    title,
    status,
    tried,
    found,
    todo,
  }))
  return { command: 'doctor', ok: summary.fail === 0, checks, summary }
}

/** The rows of one check; what was tried and what to do follow once, and only where there is something to do. */
export function printResults(output: Output, results: readonly TitledResult[]): void {
  for (const { status, title, found } of results) {
    const label = ` ${paint(output, status, labels[status].padEnd(4))}  ${title.padEnd(indent - 8)} `
    output.labelled(label, status === 'fail' || status === 'warn' ? sentence(found) : found, indent)
  }
  const inNeed = results.filter(({ status }) => status === 'fail' || status === 'warn')
  for (const tried of new Set(inNeed.map(({ tried }) => tried))) {
    output.labelled(' '.repeat(indent), output.colors.dim(`tried: ${tried}`), indent)
  }
  for (const advice of new Set(results.flatMap(({ todo }) => todo))) {
    output.labelled(`${' '.repeat(indent - 2)}${output.colors.cyan('→')} `, advice, indent)
  }
}

export function printSummary(output: Output, { summary, ok }: DoctorReport): void {
  const parts = [
    `${summary.ok} ok`,
    ...(summary.warn > 0 ? [`${summary.warn} to look at`] : []),
    ...(summary.fail > 0 ? [`${summary.fail} wrong`] : []),
    ...(summary.skip > 0 ? [`${summary.skip} not told`] : []),
  ]
  output.line()
  output.line(
    ` ${paint(output, ok ? 'ok' : 'fail', ok ? 'Nothing is wrong' : 'Something is wrong')}: ${parts.join(', ')}.`,
  )
}

function paint({ colors }: Output, status: CheckStatus, text: string): string {
  switch (status) {
    case 'ok':
      return colors.green(text)
    case 'warn':
      return colors.yellow(text)
    case 'fail':
      return colors.bold(colors.red(text))
    default:
      return colors.dim(text)
  }
}
