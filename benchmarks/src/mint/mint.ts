import type { Benchmark } from '../benchmark.js'
import type { Contender, Role } from '../measure/alternate.js'
import { compare, figureOf, goal } from '../measure/compare.js'
import { type ContenderProcess, startContender } from '../measure/contender-process.js'
import type { Table } from '../report/report.js'

const ours = 'ours, unsecured'
const peer = 'published snippet'

const contenders: readonly { name: string; role: Role; module: string; args?: string[]; node?: string[] }[] =
  [
    { name: ours, role: 'ours', module: 'ours', args: ['none'] },
    { name: 'ours, HS256', role: 'ours', module: 'ours', args: ['HS256'] },
    { name: 'ours, ES256', role: 'ours', module: 'ours', args: ['ES256'] },
    // The conditions of a worker runtime, under Node: the path that every other runtime takes.
    {
      name: 'ours, unsecured, portable',
      role: 'ours',
      module: 'ours',
      args: ['none'],
      node: ['-C', 'workerd'],
    },
    { name: peer, role: 'peer', module: 'snippet' },
    { name: 'bare node:crypto', role: 'floor', module: 'floor' },
  ]

/** Widget tokens made in one process: how many a second, and how long one takes. */
export const mint: Benchmark = {
  name: 'mint',
  async run({ rounds, turnMs }) {
    const running: (ContenderProcess & { name: string; role: Role })[] = []
    try {
      for (const { name, role, module, args, node } of contenders) {
        const started = await startContender(new URL(`contenders/${module}.js`, import.meta.url), args, node)
        running.push({ name, role, ...started })
      }
      const table = async (lanes: number, about: Pick<Table, 'name' | 'title' | 'unit' | 'better'>) => {
        const measured = running.map(
          ({ name, role, time }): Contender => ({
            name,
            role,
            measure: () => time({ lanes, timeMs: turnMs }),
          }),
        )
        for (const { measure } of measured) await measure() // its code is compiled before it counts
        return compare(measured, { ...about, rounds, peer })
      }
      const many = await table(16, {
        name: 'mint-16-in-flight',
        title: 'Widget tokens, 16 in flight',
        unit: 'tokens/s',
        better: 'more',
      })
      const one = await table(1, {
        name: 'mint-one-at-a-time',
        title: 'Widget tokens, one at a time',
        unit: 'µs',
        better: 'less',
      })
      const unsecured = figureOf(many, ours)
      return {
        tables: [many, one],
        goals: [
          goal('mint, 16 in flight, × the snippet', unsecured.ofPeer, 'at least', 7),
          goal('mint, 16 in flight, × the floor', unsecured.ofFloor, 'at least', 0.8),
          goal('mint, one at a time, × the floor’s latency', figureOf(one, ours).ofFloor, 'at most', 1.3),
        ],
      }
    } finally {
      for (const { close } of running) await close()
    }
  },
}
