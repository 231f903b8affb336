import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startRedis, whyNoRedis } from '@tesouro-tokens/conformance/redis'
import { installPacked } from './packed.js'
import type { Outcome, Runtime } from './runtime.js'
import { type Section, sections } from './sections.js'
import { toTable } from './table.js'

const pageFile = fileURLToPath(new URL('../../../docs/runtimes.md', import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
})
const ids = sections.flatMap(({ parts }) => parts.map(({ id }) => id))
const unknown = positionals.filter((wanted) => !ids.includes(wanted))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; there are ${ids.join(', ')}.`)
  process.exit(1)
}
const isWanted = ({ id }: { id: string }): boolean => positionals.length === 0 || positionals.includes(id)
const problems: string[] = []
const complain = (problem: string): void => {
  problems.push(problem)
  console.error(`*** ${problem}`)
}

const folder = await mkdtemp(join(tmpdir(), 'tesouro-runtimes-'))
try {
  console.error('→ packing')
  const programs = await installPacked(folder)
  const noRedis = whyNoRedis()
  if (noRedis !== undefined) complain(`${noRedis}: what needs Redis was not tried`)
  await using redis = noRedis === undefined ? await startRedis() : undefined
  for (const section of sections) {
    if (!section.parts.some(isWanted)) continue
    const outcomes = await outcomesOf(section, programs, redis?.url)
    console.log(`\n${toTable(section.steps, outcomes)}\n`)
    if (values.write) {
      // What is measured says more of this machine at this moment than of a runtime.
      const held = section.steps.filter((step) => step !== 'hit')
      await writeTable(section.name, toTable(held, outcomes))
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
if (problems.length > 0) {
  console.error(`\n${problems.length} did not hold:\n${problems.map((problem) => `- ${problem}`).join('\n')}`)
  process.exitCode = 1
}

async function outcomesOf(
  section: Section,
  programs: string,
  redisUrl: string | undefined,
): Promise<Outcome[]> {
  const own = join(folder, 'installed')
  await mkdir(own, { recursive: true })
  const outcomes: Outcome[] = []
  for (const { id, get } of section.parts.filter(isWanted)) {
    console.error(`→ ${id}`)
    // npm's own words may name the registry, which is the reader's business.
    const runtime = await get(own).catch(() => complain(`${id} CANNOT BE HAD from npm for this machine`))
    if (runtime === undefined) continue
    outcomes.push(...(await outcomesOn(runtime, programs, redisUrl)))
  }
  return outcomes
}

async function outcomesOn(
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

/** Puts a table between its marks. */
async function writeTable(name: string, table: string): Promise<void> {
  const page = await readFile(pageFile, 'utf8')
  const [before, rest] = page.split(`<!-- ${name} -->`)
  const [, after] = (rest ?? '').split(`<!-- /${name} -->`)
  if (before === undefined || after === undefined)
    throw new Error(`docs/runtimes.md has no place for ${name}`)
  await writeFile(pageFile, `${before}<!-- ${name} -->\n\n${table}\n\n<!-- /${name} -->${after}`)
}
