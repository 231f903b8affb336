import { beforeAll, expect, it } from 'vitest'
import { Explorer, type Order } from './explorer.js'
import { found } from './found.js'
import { minimised, toText } from './minimised.js'

/** For so long orders are drawn, and so many at least on a busy machine. `npm run races` draws for as long as it is told. */
const seconds = Number(process.env.RACES_SECONDS ?? 3)
const leastOrders = 20

let explorer: Explorer

beforeAll(async () => {
  explorer = await Explorer.of()
})

/** The smallest form of the order, where it breaks a rule. */
async function told(order: Order): Promise<string | undefined> {
  return order.violations.length === 0 ? undefined : toText(await minimised(explorer, order))
}

it('no order of events that was drawn breaks a promise', async () => {
  const end = performance.now() + seconds * 1_000
  let decisions = 0
  for (let seed = 1; seed <= leastOrders || performance.now() < end; seed += 1) {
    const order = await explorer.draw(seed)
    decisions += order.decisions.length
    expect(await told(order)).toBeUndefined()
  }
  expect(decisions).toBeGreaterThan(leastOrders * 10)
}, 300_000)

it('the same seed gives the same order', async () => {
  for (const seed of [3, 5, 8]) {
    const [first, second] = [await explorer.draw(seed), await explorer.draw(seed)]
    expect(second).toEqual(first)
  }
})

it.each(found)('$name', async (order) => {
  const again = await explorer.replay(order)
  expect(await told(again)).toBeUndefined()
  expect(again.skipped).toBe(0)
})
