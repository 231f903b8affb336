import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { whyNoRedis } from '@tesouro-tokens/conformance/redis'
import { budget } from './budget.js'
import { day } from './day/day.js'
import { type Figure, isMet } from './figure.js'
import { foreign, fuzz } from './foreign.js'
import { logout } from './logout/logout.js'
import { memory } from './memory/memory.js'
import { outage } from './outage.js'
import { full, type Proof, smoke } from './proof.js'
import { races, scripts } from './races.js'
import { starved } from './starved/starved.js'
import { toTable } from './table.js'

const proofs: readonly Proof[] = [day, outage, budget, memory, logout, starved, scripts, races, fuzz, foreign]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, json: { type: 'string' } },
})
const unknown = positionals.filter((wanted) => !proofs.some(({ name }) => name === wanted))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; there are ${proofs.map(({ name }) => name).join(', ')}.`)
  process.exit(1)
}
const wanted = proofs.filter(({ name, isOnRequest }) =>
  positionals.length === 0 ? !isOnRequest : positionals.includes(name),
)
const inNeed = wanted.filter(({ needsRedis }) => needsRedis).map(({ name }) => name)
const noRedis = inNeed.length > 0 ? whyNoRedis() : undefined
if (noRedis !== undefined) {
  console.error(
    `${noRedis}, and there is nothing to prove ${inNeed.join(', ')} with. \`npm run soak -- day\` needs none.`,
  )
  process.exit(1)
}

const results: { [proof: string]: Figure[] } = {}
for (const { name, title, run } of wanted) {
  console.error(`→ ${name}`)
  const figures = await run(values.smoke ? smoke : full)
  results[name] = figures
  console.log(`\n${toTable(title, figures)}`)
}
if (values.json !== undefined) {
  await mkdir(dirname(values.json), { recursive: true })
  await writeFile(values.json, `${JSON.stringify(results, undefined, 2)}\n`)
}
const missed = Object.values(results)
  .flat()
  .filter((figure) => !isMet(figure))
if (missed.length > 0) {
  console.error(`${missed.length} of the wanted numbers ${missed.length === 1 ? 'is' : 'are'} missed.`)
  process.exitCode = 1
}
