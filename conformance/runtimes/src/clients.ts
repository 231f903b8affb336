import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startRedisCluster } from '@tesouro-tokens/conformance/redis'
import { npmInstall } from './packed.js'
import { openPlatform } from './platform.js'
import { runProgram } from './process-runtime.js'
import type { Outcome, Runtime } from './runtime.js'

export const clientSteps: readonly string[] = ['server', 'cluster']

const run = promisify(execFile)

/** Every minor version of those that the package takes, with patches: what npm has. */
async function minorsOf(library: string): Promise<string[]> {
  const { stdout } = await run('npm', ['view', library, 'versions', '--json', '--prefer-offline'])
  const versions = (JSON.parse(stdout) as string[]).filter((version) => /^[56]\.\d+\.\d+$/.test(version))
  return [...new Set(versions.map((version) => version.replace(/\.\d+$/, '')))]
}

/** The versions of a client library of Redis, on the Node that runs this. */
export async function clientVersions(library: 'ioredis' | 'redis', folder: string): Promise<Runtime> {
  const own = join(folder, library)
  await mkdir(own)
  const versions = (await minorsOf(library)).map((minor) => ({
    minor,
    alias: `${library}-${minor.replace('.', '-')}`,
  }))
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
