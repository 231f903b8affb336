import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { toChart } from './chart.js'
import { toMarkdown } from './markdown.js'
import type { Report } from './report.js'

const repository = new URL('../../../../', import.meta.url)
const begin = '<!-- what `npm run bench` writes begins here -->'
const end = '<!-- what `npm run bench` writes ends here -->'

/** Puts a whole run where readers find it: beside the benchmarks, as JSON and as a chart, and on the page about speed. */
export async function publish(report: Report): Promise<void> {
  const results = new URL('benchmarks/results/', repository)
  await mkdir(results, { recursive: true })
  await writeFile(new URL('last-run.json', results), toJson(report))
  await writeFile(new URL('last-run.svg', results), toChart(report))
  const page = new URL('docs/performance.md', repository)
  await writeFile(page, withTables(await readFile(page, 'utf8'), report))
  console.error(`→ written: ${fileURLToPath(results)}, ${fileURLToPath(page)}`)
}

export function toJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`
}

/** The page with the tables of this run. */
export function withTables(page: string, report: Report): string {
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error('the page does not say where the tables go')
  return `${before}${begin}\n\n${toMarkdown(report)}\n${end}${after}`
}
