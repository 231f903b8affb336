import type { Benchmark } from '../benchmark.js'
import type { Contender } from '../measure/alternate.js'
import { compare, figureOf, goal } from '../measure/compare.js'
import { bundle } from './bundle.js'

const everything = 'ours, all of core'
const worker = 'ours, a worker with the endpoint'
const snippet = 'published snippet'

/** What a worker has to load, and whose code that is. */
export const edgeBundle: Benchmark = {
  name: 'edge-bundle',
  async run(_, tell) {
    const all = await bundle('everything')
    const used = await bundle('worker')
    const peer = await bundle('snippet')

    const kb = (bytes: number) => async () => bytes / 1_000
    const dependencies = [...all.packages].filter(([name]) => !['core', 'benchmark'].includes(name))
    const dependencyBytes = dependencies.reduce((sum, [, bytes]) => sum + bytes, 0)
    const floor: Contender = {
      name: 'its dependencies',
      role: 'floor',
      measure: kb((all.gzipped * dependencyBytes) / all.minified),
    }
    const gzipped = await compare(
      [
        { name: everything, role: 'ours', measure: kb(all.gzipped) },
        { name: worker, role: 'ours', measure: kb(used.gzipped) },
        { name: snippet, role: 'peer', measure: kb(peer.gzipped) },
        floor,
      ],
      {
        name: 'edge-bundle',
        title: 'Bundle for an edge worker, minified and gzipped',
        unit: 'KB gzipped',
        better: 'less',
        rounds: 1,
        peer: snippet,
        notes: ['What its dependencies weigh gzipped is their share of the minified bytes.'],
      },
    )
    const byDependency = await compare(
      [
        ...[...all.packages]
          .filter(([name]) => name !== 'benchmark')
          .sort(([, a], [, b]) => b - a)
          .map(([name, bytes]): Contender => {
            return { name: name === 'core' ? 'core itself' : name, role: 'ours', measure: kb(bytes) }
          }),
        { name: everything, role: 'ours', measure: kb(all.minified) },
        { name: snippet, role: 'peer', measure: kb(peer.minified) },
        { name: 'its dependencies', role: 'floor', measure: kb(dependencyBytes) },
      ],
      {
        name: 'edge-bundle-by-dependency',
        title: 'Bundle for an edge worker, minified, by dependency',
        unit: 'KB minified',
        better: 'less',
        rounds: 1,
        peer: snippet,
      },
    )
    const { median } = figureOf(gzipped, everything)
    tell({ tables: [gzipped, byDependency], goals: [goal('edge bundle, KB gzipped', median, 'at most', 55)] })
  },
}
