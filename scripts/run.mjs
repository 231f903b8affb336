// `npm test` and `npm run demo` come here: check Node, install with the pinned pnpm, run the pnpm script.
// It has no dependencies, because it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const { packageManager, engines } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))

const [major, minor] = process.versions.node.split('.').map(Number)
if (!(major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19))) {
  console.error(`Node ${process.versions.node} is not supported: this repository needs ${engines.node}.`)
  process.exit(1)
}

function pnpm(...args) {
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx'
  const { status, error } = spawnSync(npx, ['--yes', '--prefer-offline', packageManager, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', NEXT_TELEMETRY_DISABLED: '1' },
  })
  if (error) console.error(`npx could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

const [script, ...args] = process.argv.slice(2)
console.log(`→ installing with ${packageManager}`)
pnpm('install', '--frozen-lockfile', '--prefer-offline')
console.log(`→ pnpm run ${script}`)
pnpm('run', script, ...args)
