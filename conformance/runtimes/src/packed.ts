import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = fileURLToPath(new URL('..', import.meta.url))
const root = join(here, '../..')
const windows = process.platform === 'win32'

/**
 * Packs packages as they would be published and installs them in a folder, with Redis's clients and the programs.
 *
 * @param folder an empty one, outside of the repository
 * @returns where the programs are
 */
export async function installPacked(folder: string): Promise<string> {
  const packed = ['core', 'redis', 'sandbox'].map((name) => join(root, 'packages', name))
  const { stdout } = await run(process.execPath, [join(root, 'scripts/pack.mjs'), folder, ...packed])
  const tarballs = stdout.trim().split('\n')
  const programs = join(folder, 'programs')
  await mkdir(programs)
  await npmInstall(programs, [...tarballs, ...(await Promise.all(['redis', 'ioredis'].map(asHere)))])
  await cp(join(here, 'programs'), programs, { recursive: true })
  return programs
}

/** The version that the workspace itself uses, so that a release of somebody else's changes nothing here. */
async function asHere(name: string): Promise<string> {
  const manifest = createRequire(join(here, 'package.json')).resolve(`${name}/package.json`)
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
  return `${name}@${version}`
}

/** npm as a newcomer's shell starts it: without the settings of the pnpm that runs these tests. */
export async function npmInstall(folder: string, packages: readonly string[]): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const own = Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name))
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  await run(windows ? 'npm.cmd' : 'npm', ['install', ...options, ...packages], {
    cwd: folder,
    env: Object.fromEntries(own),
    shell: windows,
  })
}
