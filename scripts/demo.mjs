// `npm run demo -- [example] [--once]`: installs, builds that example and what it stands on, and starts it.
// The others are not built: a framework's build takes longer than all the rest.
import { spawn } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { help, readArguments } from '../examples/demo/arguments.mjs'
import { builtInWords } from '../examples/demo/built.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const { example } = readOrExit()
const folder = example === 'fleet' ? 'express' : example

console.log('Installing and building: half a minute the first time, a few seconds later.')
const startedAt = performance.now()
const build = [resolve(root, 'scripts/run.mjs'), 'demo:build', `--filter=./examples/${folder}`]
const { status, output } = await run(process.execPath, build)
if (status !== 0) {
  console.error(output)
  process.exit(status ?? 1)
}
console.log(builtInWords(output, ((performance.now() - startedAt) / 1000).toFixed(1)))

await import('../examples/demo/dist/main.js')

/** Nothing is installed for somebody who has mistyped a word, or wants to read. */
function readOrExit() {
  try {
    const wanted = readArguments(process.argv.slice(2))
    if (!wanted.help) return wanted
    console.log(help)
    process.exit(0)
  } catch (error) {
    console.error(`${error.message}\n\n${help}`)
    process.exit(2)
  }
}

/** Everything that it printed, in the order in which it came. */
function run(command, args) {
  return new Promise((done) => {
    let output = ''
    const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'pipe'] })
    const keep = (chunk) => {
      output += chunk
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => done({ status: 1, output: `${output}${error.message}` }))
    child.once('close', (status) => done({ status, output }))
  })
}
