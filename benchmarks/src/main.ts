import { writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { type Benchmark, full, smoke } from './benchmark.js'
import { coldStart } from './cold-start/cold-start.js'
import { edgeBundle } from './edge-bundle/edge-bundle.js'
import { endpoint } from './endpoint/endpoint.js'
import { exchanges } from './exchanges/exchanges.js'
import { mint } from './mint/mint.js'
import { profile } from './profile/profile.js'
import { readMachine } from './report/machine.js'
import { machineText, resultText } from './report/markdown.js'
import { publish, toJson } from './report/publish.js'
import type { Report } from './report/report.js'
import { warmHit } from './warm-hit/warm-hit.js'

const benchmarks: readonly Benchmark[] = [mint, endpoint, exchanges, warmHit, coldStart, edgeBundle, profile]

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

const report: Report = { machine: await readMachine(), tables: [], goals: [], profiles: [] }
console.log(`${machineText(report.machine)}\n`)
const file = values.json
if (file !== undefined) await mkdir(dirname(file), { recursive: true })
// Between two turns, and not in the middle of what is written.
process.once('SIGINT', () => process.exit(130))
for (const benchmark of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue
  console.error(`→ ${benchmark.name}`)
  await benchmark.run(values.smoke ? smoke : full, ({ tables = [], goals = [], profiles = [] }) => {
    report.tables.push(...tables)
    report.goals.push(...goals)
    report.profiles.push(...profiles)
    if (file !== undefined) writeFileSync(file, toJson(report))
    if (tables.length + profiles.length > 0) console.log(resultText({ tables, profiles }))
  })
}
console.log(resultText({ goals: report.goals }))
// Only a whole run says how things stand.
if (positionals.length === 0 && !values.smoke) await publish(report)
