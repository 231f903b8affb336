import type { Benchmark } from '../benchmark.js'
import { compare, figureOf, goal } from '../measure/compare.js'
import type { Table } from '../report/report.js'
import { type Caller, callers } from './callers.js'
import { startTokenEndpoint } from './counting-token-endpoint.js'

/** How callers ask: all of them at once, or one after the other. */
type Pattern = (getToken: () => Promise<unknown>) => Promise<unknown>

const together: Pattern = (getToken) => Promise.all(Array.from({ length: 100 }, getToken))
const inTurn: Pattern = async (getToken) => {
  for (let call = 0; call < 20; call += 1) await getToken()
}

/** How many exchanges are made for calls that one would do for. */
export const exchanges: Benchmark = {
  name: 'exchanges',
  async run({ rounds }, tell) {
    const cold = await table(together, 3_600, rounds, {
      name: 'exchanges-100-cold-callers',
      title: 'Exchanges for 100 callers at once, none of whom finds a token',
    })
    const short = await table(inTurn, 240, rounds, {
      name: 'exchanges-20-calls-240-s',
      title: 'Exchanges for 20 calls in a row, with tokens that live 240 s',
    })
    const goals = [cold, short].map(({ figures, title }) => {
      return goal(title, figureOf({ figures }, 'ours').ofFloor, 'at most', 1)
    })
    tell({ tables: [cold, short], goals })
  },
}

async function table(
  pattern: Pattern,
  lifetimeSeconds: number,
  rounds: number,
  about: Pick<Table, 'name' | 'title'>,
): Promise<Table> {
  const endpoint = await startTokenEndpoint(lifetimeSeconds)
  const measure = async ({ create }: Caller): Promise<number> => {
    const { getToken, close } = create(endpoint.origin)
    await pattern(getToken)
    await close?.()
    return endpoint.takeCount()
  }
  try {
    const contenders = callers.map((caller) => ({ ...caller, measure: () => measure(caller) }))
    const floor = { name: 'the one that it takes', role: 'floor', measure: async () => 1 } as const
    return await compare([...contenders, floor], {
      ...about,
      unit: 'exchanges',
      better: 'less',
      rounds: Math.min(rounds, 3), // a count does not vary
      peer: 'naive loop',
    })
  } finally {
    await endpoint.close()
  }
}
