import type { Violation } from './facts.js'

/** What any explorer knows of an order. */
interface Explored {
  readonly seed: number
  readonly decisions: readonly string[]
  readonly violations: readonly Violation[]
}

/** Looks for the smallest order that still breaks the same rule. */
export async function minimised<Order extends Explored>(
  explorer: { replay(order: NoInfer<Order>): Promise<NoInfer<Order>> },
  order: Order,
): Promise<Order> {
  const rule = order.violations[0]?.rule
  let smallest = order
  for (
    let size = Math.ceil(order.decisions.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < smallest.decisions.length; ) {
      const { decisions } = smallest
      const fewer = [...decisions.slice(0, from), ...decisions.slice(from + size)]
      const tried = await explorer.replay({ ...order, decisions: fewer })
      if (tried.violations[0]?.rule === rule) smallest = tried
      else from += size
    }
  }
  return smallest
}

/** An order as a list that a person can read. */
export function toText({ seed, decisions, violations }: Explored): string {
  const list = decisions.map((decision, index) => `${String(index + 1).padStart(4)}. ${decision}`)
  const broken = violations.slice(0, 3).map(({ rule, what }) => `  → ${rule}: ${what}`)
  return [`seed ${seed}`, ...list, ...broken].join('\n')
}
