import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { minimised, toText } from '../../../core/test/races/minimised.js'
import { withRedis } from './with-redis.js'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    replay: { type: 'string' },
    json: { type: 'string' },
  },
})
const end = performance.now() + Number(values.seconds) * 1_000
let orders = 0
let broken = 0
await withRedis(async (explorer) => {
  const first = Number(values.replay ?? values.seed)
  const isOver = (): boolean => (values.replay === undefined ? performance.now() > end : orders > 0)
  for (let seed = first; !isOver(); seed += 1) {
    const order = await explorer.draw(seed)
    orders += 1
    if (values.replay !== undefined && order.violations.length === 0) console.log(toText(order))
    if (order.violations.length === 0) continue
    broken += 1
    if (broken <= 5) console.log(toText(await minimised(explorer, order)))
  }
})
if (orders === 0) throw new Error('no order was explored')
const perSecond = orders / Number(values.seconds)
console.log(`${orders} orders, ${Math.round(perSecond)} a second, ${broken} of them broke a rule`)
if (broken > 0) process.exitCode = 1
if (values.json !== undefined) await writeFile(values.json, JSON.stringify({ orders, perSecond, broken }))
