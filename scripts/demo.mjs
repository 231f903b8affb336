// `npm run demo -- [example] [--once]`: installs, builds that example and what it stands on, and starts it.
// The others are not built: a framework's build takes longer than all the rest.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const isExample = (word) =>
  /^[a-z]+$/.test(word) && existsSync(resolve(root, 'examples', word, 'package.json'))
const example = process.argv.slice(2).find(isExample) ?? 'express'

const build = [resolve(root, 'scripts/run.mjs'), 'demo:build', `--filter=./examples/${example}`]
const { status } = spawnSync(process.execPath, build, { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

await import('../examples/demo/dist/main.js')
