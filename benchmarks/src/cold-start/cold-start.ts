import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Benchmark } from '../benchmark.js'
import type { Role } from '../measure/alternate.js'
import { compare, figureOf, goal } from '../measure/compare.js'
import type { Table } from '../report/report.js'

const programs: readonly { file: string; name: string; role: Role }[] = [
  { file: 'ours', name: 'ours', role: 'ours' },
  { file: 'snippet', name: 'published snippet', role: 'peer' },
  { file: 'empty', name: 'empty process', role: 'floor' },
]

/** From the start of a process to its first widget token. */
export const coldStart: Benchmark = {
  name: 'cold-start',
  async run({ starts }, tell) {
    const bundles = await mkdtemp(join(tmpdir(), 'tesouro-bench-'))
    try {
      await build({
        entryPoints: programs.map(({ file }) => programFile(file)),
        outdir: bundles,
        outExtension: { '.js': '.mjs' },
        bundle: true,
        minify: true,
        platform: 'node',
        format: 'esm',
        target: 'node20',
      })
      const tellOf = async (
        how: string,
        fileOf: (name: string) => string,
        about: Pick<Table, 'name' | 'title'>,
      ): Promise<void> => {
        const table = await compare(
          programs.map(({ file, name, role }) => ({ name, role, measure: () => startMs(fileOf(file)) })),
          {
            ...about,
            unit: 'ms',
            better: 'less',
            rounds: starts,
            peer: 'published snippet',
            aboveFloor: true,
            notes: ['The comparison with the snippet is of what comes on top of an empty process.'],
          },
        )
        const { ofPeer } = figureOf(table, 'ours')
        tell({ tables: [table], goals: [goal(`cold start, ${how}, × the snippet`, ofPeer, 'at most', 1.2)] })
      }
      await tellOf('unbundled', programFile, {
        name: 'cold-start-unbundled',
        title: 'Process start to first token, unbundled',
      })
      await tellOf('bundled', (file) => join(bundles, `${file}.mjs`), {
        name: 'cold-start-bundled',
        title: 'Process start to first token, bundled by esbuild',
      })
    } finally {
      await rm(bundles, { recursive: true, force: true })
    }
  },
}

function programFile(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url))
}

/** Starts a process; the time it printed, less the time when it was started, in ms. */
async function startMs(file: string): Promise<number> {
  const startedAt = performance.timeOrigin + performance.now()
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (code !== 0) throw new Error(`${file} ended with ${code}`)
  return Number(printed) - startedAt
}
