import { beforeAll, expect, it } from 'vitest'
import { digestOf } from './digest.js'
import { Explorer, type Order } from './explorer.js'
import { found } from './found/found.js'
import { minimised, toText } from './minimised.js'

/** A number of orders, and no time: whether this passes is no matter of luck or of the machine. */
const orders = Number(process.env.RACES_ORDERS ?? 120)
const atOnce = 60
const firsts = Array.from({ length: Math.ceil(orders / atOnce) }, (_, n) => n * atOnce + 1)

/**
 * Differs when core asks something else of the platform, the store or its timers, or when the explorer draws otherwise: then
 * take the new one, and only then.
 */
const ordersOf20Seeds = '322d0e077f7c94802de0dadc03ad4ac5'

let explorer: Explorer

beforeAll(async () => {
  explorer = await Explorer.of()
})

/** The smallest form of the order, where it breaks a rule. */
async function told(order: Order): Promise<string | undefined> {
  return order.violations.length === 0 ? undefined : toText(await minimised(explorer, order))
}

it.each(firsts)(
  'no order of events that was drawn breaks a promise, from seed %i on',
  async (first) => {
    let decisions = 0
    for (let seed = first; seed < first + atOnce; seed += 1) {
      const order = await explorer.draw(seed)
      decisions += order.decisions.length
      expect(await told(order)).toBeUndefined()
    }
    expect(decisions).toBeGreaterThan(atOnce * 10)
  },
  600_000,
)

it('the same seed gives the same order on every machine and every version of Node', async () => {
  expect(await digestOf(explorer, 20)).toBe(ordersOf20Seeds)
})

it.each(found)('$name', async (order) => {
  const again = await explorer.replay(order)
  expect(await told(again)).toBeUndefined()
  expect(again.skipped).toBe(0)
})

it('a decision that cannot be carried out is left out and counted', async () => {
  const order = await explorer.draw(3)
  const decisions = ['somebody does what nobody can', ...order.decisions]
  const again = await explorer.replay({ ...order, decisions })
  expect(again).toMatchObject({ skipped: 1, violations: [] })
})
