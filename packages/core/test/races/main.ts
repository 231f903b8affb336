import { parseArgs } from 'node:util'
import { showCoverage } from './coverage.js'
import { exploreFor } from './explore-for.js'
import { Explorer } from './explorer.js'
import { minimised, toText } from './minimised.js'
import { searchPlanted } from './planted/search.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    replay: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    orders: { type: 'string', default: '5000' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const { write } = values
const seed = Number(values.seed)
const seconds = Number(values.seconds)
const [what = 'explore'] = positionals
if (values.replay !== undefined) await show(Number(values.replay))
else if (what === 'planted') await searchPlanted({ most: Number(values.orders), only: values.only, write })
else if (what === 'coverage') await showCoverage({ seed, seconds, write })
else if (what === 'explore') await exploreFor({ seed, seconds, json: values.json })
else throw new Error(`there is no ${what}: explore, planted or coverage`)

/** Carries out the order of one seed, and prints it. */
async function show(seed: number): Promise<void> {
  const explorer = await Explorer.of()
  const order = await explorer.draw(seed)
  console.log(order.scene)
  if (order.violations.length === 0) return console.log(`${toText(order)}\n  every rule holds`)
  process.exitCode = 1
  console.log(toText(await minimised(explorer, order)))
}
