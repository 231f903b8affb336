// Formats and lints what is about to be committed, and stages what the formatter changed. A file that is staged only in
// part stands in the working tree as it is staged while that happens, and is put back afterwards.
import { spawnSync } from 'node:child_process'
import { lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

const biome = resolve(import.meta.dirname, '../node_modules/.bin/biome')
const names = (...args) =>
  git(...args)
    .toString()
    .split('\0')
    .filter(Boolean)

const staged = names('diff', '--cached', '--name-only', '-z', '--diff-filter=ACMR').filter((file) =>
  lstatSync(file, { throwIfNoEntry: false })?.isFile(),
)
const unstaged = new Set(names('diff', '--name-only', '-z'))
const putBack = staged
  .filter((file) => unstaged.has(file))
  .map((file) => ({ file, now: readFileSync(file), staged: git('show', `:${file}`) }))

// Ctrl-C ends biome, and what follows still happens.
process.on('SIGINT', () => {})
try {
  for (const { file, staged } of putBack) writeFileSync(file, staged)
  if (staged.length > 0) format(staged)
} finally {
  for (const { file, now } of putBack) writeFileSync(file, now)
}

function format(files) {
  const options = [
    '--write',
    '--error-on-warnings',
    '--no-errors-on-unmatched',
    '--files-ignore-unknown=true',
  ]
  const { status, error } = spawnSync(biome, ['check', ...options, '--', ...files], { stdio: 'inherit' })
  if (error !== undefined) console.error(`biome could not be started: ${error.message}`)
  process.exitCode = status ?? 1
  if (status === 0) git('add', '--', ...files)
}

function git(...args) {
  const { status, stdout } = spawnSync('git', args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) process.exit(status ?? 1)
  return stdout
}
