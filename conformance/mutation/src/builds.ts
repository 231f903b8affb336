import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { WorkspaceCopy } from './workspace-copy.js'

/** Tests that start other processes, or pack packages: they see what is built. */
const built = [
  'conformance/fleet/',
  'conformance/listening/',
  'conformance/test/packages/',
  'conformance/test/worker-requests.test.ts',
  'examples/',
  'packages/core/test/browser-guard.test.ts',
  'packages/core/test/threats/process.test.ts',
  'packages/next/',
  'packages/redis/test/fleet/',
]

/** Whether a test sees what is built and not the sources. */
export function seesBuilds(test: string): boolean {
  return built.some((folder) => test.startsWith(folder))
}

/** Builds the package of a changed file in the copy. Returns what was printed where that cannot be done. */
export function build(copy: WorkspaceCopy, file: string): string | undefined {
  const home = homeOf(file)
  const { scripts } = JSON.parse(readFileSync(join(copy.path, home, 'package.json'), 'utf8'))
  const binaries = join(copy.path, 'node_modules/.bin')
  const { status, stdout, stderr } = spawnSync(scripts.build, {
    cwd: join(copy.path, home),
    shell: true,
    encoding: 'utf8',
    env: { ...process.env, PATH: [binaries, process.env.PATH].join(delimiter) },
  })
  return status === 0 ? undefined : `${home} cannot be built with the change:\n${stdout}${stderr}`
}

/** Has a package as it was built before. */
export function restoreBuild(copy: WorkspaceCopy, file: string): void {
  copy.restore(join(homeOf(file), 'dist'))
}

function homeOf(file: string): string {
  return file.split('/').slice(0, 2).join('/')
}
