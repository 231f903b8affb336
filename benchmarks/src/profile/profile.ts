import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Benchmark } from '../benchmark.js'
import { load } from '../endpoint/load.js'
import { startServer } from '../endpoint/server.js'
import { startContender } from '../measure/contender-process.js'
import type { Profile } from '../report/report.js'
import { places } from './places.js'

const mintModule = new URL('../mint/contenders/ours.js', import.meta.url)
const hitModule = new URL('../warm-hit/contenders/memory.js', import.meta.url)
const apps = new URL('../endpoint/apps/', import.meta.url)

/** Where the time of what is ours goes: V8's sampling profiler, in a process of its own for each. */
export const profile: Benchmark = {
  name: 'profile',
  async run({ turnMs, load: howLong }, tell) {
    const called = async (module: URL, args: string[], flags: string[]): Promise<void> => {
      const contender = await startContender(module, args, flags)
      await contender.time({ lanes: 1, timeMs: 20 * turnMs })
      await contender.close()
    }
    const endpoint = async (app: string, flags: string[]): Promise<void> => {
      const server = await startServer([...flags, fileURLToPath(new URL(`${app}.js`, apps)), 'ours'])
      await load(`${server.origin}/api/tesouro/widget-token`, howLong)
      await server.close()
    }
    const programs: readonly [title: string, run: (flags: string[]) => Promise<void>][] = [
      ['Widget tokens, unsecured', (flags) => called(mintModule, ['none'], flags)],
      ['Widget tokens, ES256', (flags) => called(mintModule, ['ES256'], flags)],
      ['A token that is in the cache', (flags) => called(hitModule, ['1000'], flags)],
      ['The endpoint under load, Express 5', (flags) => endpoint('express', flags)],
      ['The endpoint under load, Nest on Fastify', (flags) => endpoint('nest-fastify', flags)],
    ]
    for (const [title, run] of programs) {
      console.error(`  … ${title}`)
      tell({ profiles: [await profiled(title, run)] })
    }
  },
}

async function profiled(title: string, run: (flags: string[]) => Promise<void>): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-bench-'))
  try {
    await run(['--cpu-prof', '--cpu-prof-dir', folder])
    const [file] = await readdir(folder)
    if (file === undefined) throw new Error(`${title}: no profile was written`)
    const shares = places(JSON.parse(await readFile(join(folder, file), 'utf8')))
    return { title, shares: shares.filter(({ share }) => share >= 0.01) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
