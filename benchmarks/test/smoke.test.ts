import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'

// What is built is run as `npm run bench` runs it: in processes of its own, on the builds of the packages.
const main = fileURLToPath(new URL('../dist/src/main.js', import.meta.url))

const text = z.string().min(1)
const positive = z.number().positive()
const Figure = z.strictObject({
  name: text,
  role: z.enum(['ours', 'peer', 'floor']),
  rounds: z.array(positive).nonempty(),
  median: positive,
  ofPeer: z.number(),
  ofFloor: positive,
})
const Table = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: text,
  unit: text,
  better: z.enum(['more', 'less']),
  peer: text,
  figures: z.array(Figure).min(3),
  notes: z.array(text),
})
const Goal = z.strictObject({
  name: text,
  reached: z.number(),
  is: z.enum(['at least', 'at most']),
  wanted: positive,
  met: z.boolean(),
})
const Machine = z.strictObject({
  date: z.iso.date(),
  processor: text,
  cores: positive,
  memoryGiB: positive,
  system: text,
  loadBefore: z.number().nonnegative(),
  versions: z.record(text, text),
})
const Profile = z.strictObject({
  title: text,
  shares: z.array(z.strictObject({ place: text, share: positive })).nonempty(),
})
const Report = z.strictObject({
  machine: Machine,
  tables: z.array(Table),
  goals: z.array(Goal),
  profiles: z.array(Profile),
})

let folder: string
let printed: string
let report: z.infer<typeof Report>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tesouro-bench-'))
  const json = join(folder, 'report.json')
  printed = (await promisify(execFile)(process.execPath, [main, '--smoke', '--json', json])).stdout
  report = Report.parse(JSON.parse(await readFile(json, 'utf8')))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a benchmark no longer runs, or gives something else than a table', () => {
  expect(report.tables.map(({ name }) => name)).toEqual([
    'mint-16-in-flight',
    'mint-one-at-a-time',
    'endpoint-express',
    'endpoint-nest-fastify',
    'endpoint-next',
    'exchanges-100-cold-callers',
    'exchanges-20-calls-240-s',
    'warm-hit-10-users',
    'cold-start-unbundled',
    'cold-start-bundled',
    'edge-bundle',
    'edge-bundle-by-dependency',
  ])
})

test('a table has nothing to compare our numbers with', () => {
  for (const { name, figures } of report.tables) {
    expect(new Set(figures.map(({ role }) => role)), name).toEqual(new Set(['ours', 'peer', 'floor']))
  }
})

test('the terminal does not show a table that was measured', () => {
  for (const { title } of [...report.tables, ...report.profiles]) expect(printed).toContain(`${title}\n`)
})

test('Redis is there and is not measured', () => {
  const there = spawnSync('redis-server', ['--version']).error === undefined
  const [warm] = report.tables.filter(({ name }) => name.startsWith('warm-hit'))
  expect(warm?.figures.some(({ name }) => name === 'ours, Redis')).toBe(
    there || process.env.REQUIRE_SERVICES === '1',
  )
  expect(warm?.notes).toEqual(there ? [] : ['There was no redis-server to start.'])
})

test('an interruption loses what was measured before', async () => {
  const json = join(folder, 'interrupted.json')
  const child = spawn(process.execPath, [main, '--smoke', '--json', json, 'mint', 'cold-start'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const gone = once(child, 'close')
  let shown = ''
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    shown += chunk
    if (shown.includes('### Widget tokens, one at a time')) child.kill('SIGINT')
  }
  expect((await gone)[0]).toBe(130)
  expect(shown).not.toContain('### Goals')
  const kept = Report.parse(JSON.parse(await readFile(json, 'utf8')))
  const names = kept.tables.map(({ name }) => name)
  expect(names.slice(0, 2)).toEqual(['mint-16-in-flight', 'mint-one-at-a-time'])
})
