import type { Benchmark } from '../benchmark.js'
import { compare, figureOf, goal } from '../measure/compare.js'
import { type ContenderProgram, sideBySide } from '../measure/side-by-side.js'

const algorithms = [
  ['none', 'unsecured'],
  ['HS256', 'HS256'],
  ['ES256', 'ES256'],
] as const
const peer = 'published snippet'

const module = (name: string): URL => new URL(`contenders/${name}.js`, import.meta.url)
const contenders: readonly ContenderProgram[] = [
  ...algorithms.map(([algorithm, name]): ContenderProgram => {
    return {
      name: `ours, ${name}`,
      role: 'ours',
      floor: `bare, ${name}`,
      module: module('ours'),
      args: [algorithm],
    }
  }),
  // The conditions of a worker runtime, under Node: the path that every other runtime takes.
  {
    name: 'ours, unsecured, portable',
    role: 'ours',
    module: module('ours'),
    args: ['none'],
    node: ['-C', 'workerd'],
  },
  { name: peer, role: 'peer', module: module('snippet') },
  ...algorithms.map(([algorithm, name]): ContenderProgram => {
    return { name: `bare, ${name}`, role: 'floor', module: module('floor'), args: [algorithm] }
  }),
]

/** Widget tokens made in one process: how many a second, and how long one takes. */
export const mint: Benchmark = {
  name: 'mint',
  run: ({ rounds, turnMs }, tell) =>
    sideBySide(contenders, async (timedBy) => {
      const notes = [
        '“bare” is the same work done by node:crypto alone: the floor of each kind of subject token.',
      ]
      const many = await compare(await timedBy({ lanes: 16, timeMs: turnMs }), {
        name: 'mint-16-in-flight',
        title: 'Widget tokens, 16 in flight',
        unit: 'tokens/s',
        better: 'more',
        rounds,
        peer,
        notes,
      })
      tell({ tables: [many] })
      const one = await compare(await timedBy({ lanes: 1, timeMs: turnMs }), {
        name: 'mint-one-at-a-time',
        title: 'Widget tokens, one at a time',
        unit: 'µs',
        better: 'less',
        rounds,
        peer,
        notes,
      })
      tell({ tables: [one] })
      const ofFloor = algorithms.map(([, name]) => {
        const { ofFloor } = figureOf(many, `ours, ${name}`)
        return goal(`mint, 16 in flight, ${name}, × its floor`, ofFloor, 'at least', 0.9)
      })
      const { ofPeer } = figureOf(many, 'ours, unsecured')
      tell({ goals: [goal('mint, 16 in flight, × the snippet', ofPeer, 'at least', 7), ...ofFloor] })
    }),
}
