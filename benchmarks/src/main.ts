import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { type Benchmark, full, smoke } from './benchmark.js'
import { coldStart } from './cold-start/cold-start.js'
import { edgeBundle } from './edge-bundle/edge-bundle.js'
import { endpoint } from './endpoint/endpoint.js'
import { exchanges } from './exchanges/exchanges.js'
import { mint } from './mint/mint.js'
import { readMachine } from './report/machine.js'
import { toMarkdown } from './report/markdown.js'
import type { Goal, Report, Table } from './report/report.js'
import { warmHit } from './warm-hit/warm-hit.js'

const benchmarks: readonly Benchmark[] = [mint, endpoint, exchanges, warmHit, coldStart, edgeBundle]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, json: { type: 'string' } },
})
const unknown = positionals.filter((wanted) => !benchmarks.some(({ name }) => name === wanted))
if (unknown.length > 0) {
  console.error(
    `There is no ${unknown.join(', ')}; there are ${benchmarks.map(({ name }) => name).join(', ')}.`,
  )
  process.exit(1)
}

const machine = await readMachine()
const tables: Table[] = []
const goals: Goal[] = []
for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue
  console.error(`→ ${benchmark.name}`)
  const result = await benchmark.run(values.smoke ? smoke : full)
  tables.push(...result.tables)
  goals.push(...result.goals)
}
const report: Report = { machine, tables, goals }
console.log(`\n${toMarkdown(report)}`)
if (values.json !== undefined) {
  await mkdir(dirname(values.json), { recursive: true })
  await writeFile(values.json, `${JSON.stringify(report, undefined, 2)}\n`)
}
