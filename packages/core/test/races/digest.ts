import { createHash } from 'node:crypto'
import type { Explorer } from './explorer.js'

/** What the orders of some seeds come to: the same on every machine and every version of Node. */
export async function digestOf(explorer: Explorer, seeds: number): Promise<string> {
  const hash = createHash('sha256')
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { decisions, states, violations } = await explorer.draw(seed)
    hash.update(JSON.stringify([seed, decisions, states, violations]))
  }
  return hash.digest('hex').slice(0, 32)
}
