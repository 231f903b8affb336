import type { Benchmark } from '../benchmark.js'
import { compare, figureOf, goal } from '../measure/compare.js'
import { type ContenderProgram, sideBySide } from '../measure/side-by-side.js'

const ours = 'ours, unsecured'
const peer = 'published snippet'

const module = (name: string): URL => new URL(`contenders/${name}.js`, import.meta.url)
const contenders: readonly ContenderProgram[] = [
  { name: ours, role: 'ours', module: module('ours'), args: ['none'] },
  { name: 'ours, HS256', role: 'ours', module: module('ours'), args: ['HS256'] },
  { name: 'ours, ES256', role: 'ours', module: module('ours'), args: ['ES256'] },
  // The conditions of a worker runtime, under Node: the path that every other runtime takes.
  {
    name: 'ours, unsecured, portable',
    role: 'ours',
    module: module('ours'),
    args: ['none'],
    node: ['-C', 'workerd'],
  },
  { name: peer, role: 'peer', module: module('snippet') },
  { name: 'bare node:crypto', role: 'floor', module: module('floor') },
]

/** Widget tokens made in one process: how many a second, and how long one takes. */
export const mint: Benchmark = {
  name: 'mint',
  run: ({ rounds, turnMs }) =>
    sideBySide(contenders, async (timedBy) => {
      const many = await compare(await timedBy({ lanes: 16, timeMs: turnMs }), {
        name: 'mint-16-in-flight',
        title: 'Widget tokens, 16 in flight',
        unit: 'tokens/s',
        better: 'more',
        rounds,
        peer,
      })
      const one = await compare(await timedBy({ lanes: 1, timeMs: turnMs }), {
        name: 'mint-one-at-a-time',
        title: 'Widget tokens, one at a time',
        unit: 'µs',
        better: 'less',
        rounds,
        peer,
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
    }),
}
