import { fileURLToPath } from 'node:url'
import type { Benchmark } from '../benchmark.js'
import type { Contender, Role } from '../measure/alternate.js'
import { compare, figureOf, goal } from '../measure/compare.js'
import type { Table } from '../report/report.js'
import { load } from './load.js'
import { startNext } from './next.js'
import { type Server, startServer } from './server.js'

interface Variant {
  variant: string
  name: string
  role: Role
}

const variants: readonly Variant[] = [
  { variant: 'ours', name: 'ours', role: 'ours' },
  { variant: 'snippet', name: 'published snippet', role: 'peer' },
  { variant: 'constant', name: 'constant', role: 'floor' },
]

/** Express alone leaves the body to a parser: the constant reads none. Any endpoint that looks at the body has this. */
const constantAfterBody: Variant = {
  variant: 'constant-after-body',
  name: 'constant, after express.json()',
  role: 'peer',
}

interface Framework {
  name: string
  title: string
  variants: readonly Variant[]
  /** Where each variant is asked. Their servers are added to `running`. */
  start(running: Server[], options: { build: boolean }): Promise<(variant: string) => string>
}

const frameworks: readonly Framework[] = [
  ownProcesses('express', 'Express 5', [...variants, constantAfterBody]),
  ownProcesses('nest-fastify', 'Nest on Fastify', variants),
  {
    name: 'next',
    title: 'Next.js',
    variants,
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
  async run({ loadRounds, load: turn, build }) {
    const tables: Table[] = []
    for (const { name, title, variants, start } of frameworks) {
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
        tables.push(table)
      } finally {
        for (const { close } of running) await close()
      }
    }
    const [express] = tables
    if (express === undefined) throw new Error('there is no framework')
    const { ofPeer, ofFloor } = figureOf(express, 'ours')
    return {
      tables,
      goals: [
        goal('Express endpoint, × the snippet', ofPeer, 'at least', 1.8),
        goal('Express endpoint, × the constant', ofFloor, 'at least', 0.75),
      ],
    }
  },
}

/** A framework in which each variant is an application of its own, in a process of its own. */
function ownProcesses(name: string, title: string, variants: readonly Variant[]): Framework {
  const file = fileURLToPath(new URL(`apps/${name}.js`, import.meta.url))
  return {
    name,
    title,
    variants,
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
