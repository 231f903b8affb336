import { Explorer, type Order } from '../explorer.js'
import { minimised } from '../minimised.js'
import type { PlantedFault } from './faults.js'

/** How a planted fault was found. */
export interface Finding {
  /** Orders that were drawn, this one included. */
  readonly orders: number
  readonly seconds: number
  readonly order: Order
}

/** Draws orders until one breaks a rule. */
export async function find(
  fault: PlantedFault,
  { most, first = 1, without = [] }: { most: number; first?: number; without?: readonly string[] },
): Promise<Finding | undefined> {
  const explorer = await Explorer.of(fault, without)
  const started = performance.now()
  for (let seed = first; seed < first + most; seed += 1) {
    const order = await explorer.draw(seed)
    if (order.violations.length === 0) continue
    const seconds = (performance.now() - started) / 1_000
    return { orders: seed - first + 1, seconds, order: await minimised(explorer, order) }
  }
  return undefined
}
