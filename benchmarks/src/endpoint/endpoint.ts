import { fileURLToPath } from 'node:url'
import type { Benchmark } from '../benchmark.js'
import type { Contender, Role } from '../measure/alternate.js'
import { compare, figureOf, goal } from '../measure/compare.js'
import { load } from './load.js'
import { startNext } from './next.js'
import { type Server, startServer } from './server.js'

interface Variant {
  variant: string
  name: string
  role: Role
}

const floor = 'constant that reads the body'
const variants: readonly Variant[] = [
  { variant: 'ours', name: 'ours', role: 'ours' },
  { variant: 'snippet', name: 'published snippet', role: 'peer' },
  { variant: 'constant', name: floor, role: 'floor' },
]

interface Framework {
  name: string
  title: string
  /** Where each variant is asked. Their servers are added to `running`. */
  start(running: Server[], options: { build: boolean }): Promise<(variant: string) => string>
}

const frameworks: readonly Framework[] = [
  ownProcesses('express', 'Express 5'),
  ownProcesses('nest-fastify', 'Nest on Fastify'),
  {
    name: 'next',
    title: 'Next.js',
    async start(running, options) {
      const server = await startNext(options)
      running.push(server)
      return (variant) => `${server.origin}/api/${variant}`
    },
  },
]

/** The endpoint under load, over loopback, in each framework. */
export const endpoint: Benchmark = {
  name: 'endpoint',
  async run({ loadRounds, load: turn, build }, tell) {
    for (const { name, title, start } of frameworks) {
      const running: Server[] = []
      try {
        const urlOf = await start(running, { build })
        const contenders = variants.map(({ variant, name, role }): Contender => {
          return { name, role, measure: () => load(urlOf(variant), turn) }
        })
        for (const { measure } of contenders) await measure() // its code is compiled before it counts
        const table = await compare(contenders, {
          name: `endpoint-${name}`,
          title: `The endpoint under load, ${title}`,
          unit: 'answers/s',
          better: 'more',
          rounds: loadRounds,
          peer: 'published snippet',
        })
        const { ofFloor } = figureOf(table, 'ours')
        tell({ tables: [table], goals: [goal(`${title}, × the ${floor}`, ofFloor, 'at least', 0.85)] })
      } finally {
        for (const { close } of running) await close()
      }
    }
  },
}

/** A framework in which each variant is an application of its own, in a process of its own. */
function ownProcesses(name: string, title: string): Framework {
  const file = fileURLToPath(new URL(`apps/${name}.js`, import.meta.url))
  return {
    name,
    title,
    async start(running) {
      const origins = new Map<string, string>()
      for (const { variant } of variants) {
        const server = await startServer([file, variant])
        running.push(server)
        origins.set(variant, server.origin)
      }
      return (variant) => `${origins.get(variant)}/api/tesouro/widget-token`
    },
  }
}
