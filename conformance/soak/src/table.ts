import { markdownTable } from 'markdown-table'
import { type Figure, isMet } from './figure.js'

/** The figures of a proof, as text that reads as well in a terminal as on a page. */
export function toTable(title: string, figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, measured, unit = '', wanted } = figure
    return [
      name,
      `${rounded(measured)} ${unit}`.trim(),
      bound(wanted),
      wanted === undefined ? '' : isMet(figure) ? 'yes' : 'NO',
    ]
  })
  const table = markdownTable([['', 'measured', 'wanted', 'met'], ...rows], { align: ['l', 'r', 'r', 'l'] })
  return `### ${title}\n\n${table}\n`
}

function bound(wanted: Figure['wanted']): string {
  if (wanted === undefined) return ''
  return 'atMost' in wanted ? `at most ${rounded(wanted.atMost)}` : `at least ${rounded(wanted.atLeast)}`
}

/** Fine enough that a number over its bound does not read as the bound. */
function rounded(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 ? 4 : 2 })
}
