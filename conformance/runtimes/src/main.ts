import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startRedis, whyNoRedis } from '@tesouro-tokens/conformance/redis'
import { binaries, installBinary } from './binaries.js'
import { installPacked } from './packed.js'
import { processRuntime } from './process-runtime.js'
import type { Outcome, Runtime } from './runtime.js'
import { toTable } from './table.js'
import { workerRuntime, workers } from './worker-runtime.js'

const pageFile = fileURLToPath(new URL('../../../docs/runtimes.md', import.meta.url))

/** What can be run, by what is typed to run only that. */
const all: readonly { id: string; get(folder: string): Promise<Runtime> }[] = [
  ...binaries.map((binary) => ({
    id: binary.id,
    get: async (folder: string) => processRuntime(await installBinary(binary, folder)),
  })),
  { id: 'workerd', get: async () => workerRuntime(workers) },
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
})
const unknown = positionals.filter((wanted) => !all.some(({ id }) => id === wanted))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; there are ${all.map(({ id }) => id).join(', ')}.`)
  process.exit(1)
}
const problems: string[] = []
const complain = (problem: string): void => {
  problems.push(problem)
  console.error(`*** ${problem}`)
}

const folder = await mkdtemp(join(tmpdir(), 'tesouro-runtimes-'))
try {
  console.error('→ packing')
  const programs = await installPacked(folder)
  const outcomes: Outcome[] = []
  const noRedis = whyNoRedis()
  if (noRedis !== undefined) complain(`${noRedis}: what needs Redis was not tried`)
  await using redis = noRedis === undefined ? await startRedis() : undefined
  for (const { id, get } of all.filter(({ id }) => positionals.length === 0 || positionals.includes(id))) {
    console.error(`→ ${id}`)
    const own = join(folder, 'binaries')
    await mkdir(own, { recursive: true })
    const runtime = await get(own).catch(() => complain(`${id} CANNOT BE HAD from npm for this machine`))
    if (runtime === undefined) continue
    for (const outcome of await tried(runtime, programs, redis?.url)) outcomes.push(outcome)
  }
  const table = toTable(outcomes)
  console.log(`\n${table}\n`)
  if (values.write) await writeTable(table)
} finally {
  await rm(folder, { recursive: true, force: true })
}
if (problems.length > 0) {
  console.error(`\n${problems.length} did not hold:\n${problems.map((problem) => `- ${problem}`).join('\n')}`)
  process.exitCode = 1
}

async function tried(
  runtime: Runtime,
  programs: string,
  redisUrl: string | undefined,
): Promise<readonly Outcome[]> {
  try {
    const outcomes = await runtime.run(programs, { redisUrl })
    for (const { runtime: name, results } of outcomes) {
      for (const { step, failed } of results) {
        if (failed !== undefined) complain(`${name}, ${step}: ${failed}`)
      }
    }
    return outcomes
  } catch (error) {
    complain(`${runtime.name}: ${error instanceof Error ? error.message : String(error)}`)
    return []
  }
}

/** Puts the table between its marks. */
async function writeTable(table: string): Promise<void> {
  const page = await readFile(pageFile, 'utf8')
  const [before, rest] = page.split('<!-- runtimes -->')
  const [, after] = (rest ?? '').split('<!-- /runtimes -->')
  if (before === undefined || after === undefined)
    throw new Error('docs/runtimes.md has no place for the table')
  await writeFile(pageFile, `${before}<!-- runtimes -->\n\n${table}\n\n<!-- /runtimes -->${after}`)
}
