import { writeFile } from 'node:fs/promises'
import { Explorer } from './explorer.js'
import { minimised, toText } from './minimised.js'

/** How far it had come at some time. */
export interface Progress {
  readonly seconds: number
  readonly orders: number
  readonly perSecond: number
  readonly states: number
  /** Orders that broke a rule. */
  readonly broken: number
}

/** So many orders that break one rule are made small and printed; of the others only the seed. */
const printedPerRule = 2

/** Draws orders for a time, prints the smallest form of each that breaks a rule, and tells ten times how far it is. */
export async function exploreFor(options: {
  seed: number
  seconds: number
  json?: string | undefined
}): Promise<void> {
  const explorer = await Explorer.of()
  const started = performance.now()
  const passed = (): number => (performance.now() - started) / 1_000
  const states = new Set<number>()
  const seen = new Map<string, number>()
  const told: Progress[] = []
  let orders = 0
  let broken = 0
  const tell = (): void => {
    const perSecond = orders / passed()
    told.push({ seconds: passed(), orders, perSecond, states: states.size, broken })
    console.log(
      `${Math.round(passed())} s: ${orders} orders, ${Math.round(perSecond)} a second, ${states.size} distinct states`,
    )
  }
  for (let { seed } = options; passed() < options.seconds; seed += 1) {
    const order = await explorer.draw(seed)
    orders += 1
    for (const state of order.states) states.add(state)
    const rule = order.violations[0]?.rule
    if (rule !== undefined) {
      broken += 1
      const times = (seen.get(rule) ?? 0) + 1
      seen.set(rule, times)
      if (times <= printedPerRule) console.log(toText(await minimised(explorer, order)))
      else console.log(`seed ${seed} breaks it too: ${rule}`)
    }
    if (passed() >= ((told.length + 1) * options.seconds) / 10) tell()
  }
  if (orders === 0) throw new Error('no order was explored')
  if (broken > 0) process.exitCode = 1
  if (options.json !== undefined) await writeFile(options.json, JSON.stringify(told))
}
