// `npm run check`: lint, types, and the tests of what has changed since this branch left main, from sources. A package's
// own tests run when something in its folder has changed; the suites in conformance run when they import what has. With
// --mutation, every mutant of a changed file has to be killed by a test or explained in conformance/mutation/survivors.json.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'

process.chdir(resolve(import.meta.dirname, '..'))

const started = Date.now()
const failed = []
const typed = [
  ...readdirSync('packages').map((name) => `packages/${name}`),
  'conformance',
  'conformance/fleet',
]
const changed = changedFiles()
const tests = () => step('tests of what has changed', 'vitest', ...testsOf(changed), '--passWithNoTests')
if (changed === undefined) console.log('! this is no git checkout: tests of every package run')
if (changed?.length === 0) console.log('✓ nothing has changed, so there are no tests to run')
await all([
  // First, because they take longest, and beside the rest, because most of them wait more than they compute.
  ...(changed?.length === 0 ? [] : [tests]),
  () => step('lint', 'biome', 'check', '--error-on-warnings'),
  ...typed
    .filter((folder) => existsSync(`${folder}/tsconfig.json`))
    .map((folder) => () => step(`types of ${folder}`, 'tsc', '-p', folder, '--singleThreaded')),
  () => step('shape of the sources', 'vitest', 'run', 'test/rooms', 'test/sizes', '--project=conformance'),
])

if (process.argv.includes('--mutation') && changed?.length > 0) {
  const program = 'conformance/mutation/src/main.ts'
  await step(
    'mutants of what has changed',
    process.execPath,
    'scripts/run-sources.mjs',
    program,
    'changed',
    ...changed,
  )
}

console.log(`${failed.length === 0 ? 'All well' : `Failed: ${failed.join(', ')}`}, ${seconds()} s`)
process.exitCode = failed.length === 0 ? 0 : 1

/** What vitest is asked for. */
function testsOf(files) {
  if (files === undefined) return ['run']
  const folders = new Set(files.flatMap((file) => file.match(/^packages\/([^/]+)/)?.[1] ?? []))
  const projects = [...folders].flatMap((name) => [`--project=${name}`, `--project=${name}-*`])
  return ['related', '--run', ...files, '--project=conformance', ...projects]
}

/** Files that differ from where this branch left main, committed or not; `undefined` where git knows nothing. */
function changedFiles() {
  // A shallow clone may lack main, or the commit where this branch left it: then what is not committed counts.
  const base =
    ['origin/main', 'main'].map((main) => git('merge-base', 'HEAD', main)?.[0]).find(Boolean) ?? 'HEAD'
  const committed = git('diff', '--name-only', '-z', '--diff-filter=d', base)
  const untracked = git('ls-files', '--others', '--exclude-standard', '-z')
  return committed && untracked && [...committed, ...untracked]
}

/** Lines, or names between NULs, that git printed; `undefined` when it failed. */
function git(...args) {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' })
  return status === 0 ? stdout.split(/[\0\n]/).filter(Boolean) : undefined
}

/** Runs one tool. What it printed is only shown when it fails: in the good case, one line says so. */
function step(name, command, ...args) {
  const binary = resolve('node_modules/.bin', command)
  const child = spawn(binary, args, { shell: process.platform === 'win32' })
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk))
  return new Promise((done) => {
    const end = (ok) => {
      const printed = Buffer.concat(output).toString()
      const counted = printed.match(/ Tests .*/)?.[0].trim()
      console.log([`${ok ? '✓' : '✗'} ${name}`, counted, `${seconds()} s`].filter(Boolean).join(', '))
      if (ok) return done()
      failed.push(name)
      console.log(printed)
      done()
    }
    child.on('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`))
      end(false)
    })
    child.on('close', (status) => end(status === 0))
  })
}

/** Two at a time: that is how many processors the smallest machine has. */
async function all(steps) {
  const next = async () => {
    for (let run = steps.shift(); run !== undefined; run = steps.shift()) await run()
  }
  await Promise.all([next(), next()])
}

function seconds() {
  return Math.round((Date.now() - started) / 1_000)
}
