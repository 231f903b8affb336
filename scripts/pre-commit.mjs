// Formats and lints what is about to be committed, and stages what the formatter changed. Where a file is staged only in
// part, its staged version alone is formatted: what stands in the working tree beside it is not touched.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const biome = resolve(import.meta.dirname, '../node_modules/.bin/biome')
const options = ['--write', '--error-on-warnings', '--no-errors-on-unmatched', '--files-ignore-unknown=true']

const names = (...args) => git(args).split('\0').filter(Boolean)
const staged = names('diff', '--cached', '--name-only', '-z', '--diff-filter=ACMR', '--ignore-submodules')
const unstaged = new Set(names('diff', '--name-only', '-z'))
const whole = staged.filter((file) => !unstaged.has(file))
const partly = staged.filter((file) => unstaged.has(file))

if (whole.length > 0) {
  run(biome, ['check', ...options, '--', ...whole], { stdio: 'inherit' })
  git(['add', '--', ...whole])
}
for (const file of partly) {
  const [entry = ''] = names('ls-files', '--stage', '-z', '--', file)
  const mode = entry.slice(0, entry.indexOf(' '))
  if (!mode.startsWith('100')) continue
  const input = git(['show', `:${file}`])
  const output = ofStandardInput(['check', ...options], file, input).stdout
  // With --write it succeeds whatever it finds in its standard input.
  if (ofStandardInput(['lint', '--error-on-warnings'], file, output).status !== 0) {
    console.error(`${file}: what is staged of it does not pass \`biome lint\``)
    process.exit(1)
  }
  if (output === '' || output === input) continue
  const blob = git(['hash-object', '-w', '--stdin'], { input: output }).trim()
  git(['update-index', '--cacheinfo', `${mode},${blob},${file}`])
}

function ofStandardInput(args, file, input) {
  return spawnSync(biome, [...args, `--stdin-file-path=${file}`], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
}

function git(args, more) {
  return run('git', args, { stdio: ['pipe', 'pipe', 'inherit'], ...more })
}

function run(command, args, more) {
  const { status, stdout, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    ...more,
  })
  if (error !== undefined) console.error(`${command} could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
  return stdout ?? ''
}
