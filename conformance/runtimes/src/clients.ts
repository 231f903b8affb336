import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startRedisCluster } from '@tesouro-tokens/conformance/redis'
import { npmInstall } from './packed.js'
import { openPlatform } from './platform.js'
import { runProgram } from './process-runtime.js'
import type { Outcome, Runtime } from './runtime.js'

/** Every minor version that the package says it takes. */
const minors = {
  ioredis: ['5.0', '5.1', '5.2', '5.3', '5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '5.10', '5.11', '6.0'],
  redis: [
    '5.0',
    '5.1',
    '5.5',
    '5.6',
    '5.7',
    '5.8',
    '5.9',
    '5.10',
    '5.11',
    '5.12',
    '6.0',
    '6.1',
    '6.2',
    '6.3',
  ],
} as const
type Library = keyof typeof minors

/** The versions of a client library of Redis, on the Node that runs this. */
export async function clientVersions(library: Library, folder: string): Promise<Runtime> {
  const own = join(folder, library)
  await mkdir(own)
  const versions = minors[library].map((minor) => ({ minor, alias: `${library}-${minor.replace('.', '-')}` }))
  await npmInstall(
    own,
    versions.map(({ minor, alias }) => `${alias}@npm:${library}@~${minor}.0`),
  )
  return {
    name: library,
    async run(programs, { redisUrl }) {
      if (redisUrl === undefined) return []
      await using cluster = await startRedisCluster()
      const ports = cluster.nodes.map(({ port }) => port)
      const node = { name: 'Node', file: process.execPath, args: ['--unhandled-rejections=strict'] }
      const outcomes: Outcome[] = []
      for (const { minor, alias } of versions) {
        await using platform = await openPlatform()
        const setting = { ...platform.setting, redisUrl, ports, library, alias, folder: own }
        const env = { SETTING: JSON.stringify(setting) }
        const { results } = await runProgram(node, { folder: programs, file: 'client.mjs', env })
        outcomes.push({ runtime: `${library} ${minor}`, results })
      }
      return outcomes
    },
  }
}
