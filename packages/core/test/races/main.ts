import { parseArgs } from 'node:util'
import { Explorer } from './explorer.js'
import { minimised, toText } from './minimised.js'
import { sceneOf } from './scene.js'

const { values } = parseArgs({
  options: {
    replay: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
  },
})
const explorer = await Explorer.of()
if (values.replay === undefined) await explore(Number(values.seed), Number(values.seconds))
else await show(Number(values.replay))

/** Draws orders for a time, and prints the smallest form of each that breaks a rule. */
async function explore(first: number, seconds: number): Promise<void> {
  const started = performance.now()
  const passed = (): number => (performance.now() - started) / 1_000
  const states = new Set<number>()
  const seen = new Map<string, number>()
  let orders = 0
  for (let seed = first; passed() < seconds; seed += 1) {
    const order = await explorer.draw(seed)
    orders += 1
    for (const state of order.states) states.add(state)
    const rule = order.violations[0]?.rule
    if (rule === undefined) continue
    process.exitCode = 1
    const times = (seen.get(rule) ?? 0) + 1
    seen.set(rule, times)
    if (times <= 2) console.log(toText(await minimised(explorer, order)))
    else console.log(`seed ${seed} breaks it too: ${rule}`)
  }
  console.log(
    `${orders} orders, ${Math.round(orders / passed())} a second, ${states.size} distinct states; user CPU ${Math.round(process.cpuUsage().user / 1e4) / 100} s`,
  )
  if (orders === 0) throw new Error('no order was explored')
}

/** Carries out the order of one seed, and prints it. */
async function show(seed: number): Promise<void> {
  const order = await explorer.draw(seed)
  console.log(sceneOf(seed))
  if (order.violations.length === 0) return console.log(`${toText(order)}\n  every rule holds`)
  process.exitCode = 1
  console.log(toText(await minimised(explorer, order)))
}
