// Run in a package's folder: publint and attw look at the tarball that would be published, not at the folder.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pack } from './pack.mjs'

const binaries = resolve(import.meta.dirname, '../node_modules/.bin')
const folder = mkdtempSync(join(tmpdir(), 'tesouro-pack-'))
try {
  const tarball = pack('.', folder)
  run('publint', tarball, '--strict')
  // A package without `main` has no CommonJS build.
  const { main } = JSON.parse(readFileSync('package.json', 'utf8'))
  run(
    'attw',
    tarball,
    '--profile',
    main === undefined ? 'esm-only' : 'strict',
    '--format',
    'ascii',
    '--no-color',
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** What a check says is printed when it finds something: in the good case it is a page about what it left out. */
function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(join(binaries, command), args, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status === 0) {
    console.log(`${command}: nothing to complain about`)
    return
  }
  console.error(`${command} found something:\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`)
  process.exitCode = 1
}
