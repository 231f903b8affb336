import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Check, type CheckResult, result } from '../check.js'
import { satisfies } from '../semver.js'

const scope = '@tesouro-tokens'
const names = ['core', 'express', 'next', 'nestjs', 'redis', 'browser', 'opentelemetry', 'sandbox', 'cli']
const tried = 'the packages of ours that this folder would load'

interface Installed {
  name: string
  version: string
  folder: string
  dependencies: { readonly [name: string]: string }
  peers: { readonly [name: string]: string }
}

/** Packages of ours that do not fit one another or their framework, and a second copy of core. */
export const packages: Check = {
  id: 'packages',
  title: 'packages',
  run({ terminal: { cwd } }) {
    const root = join(resolve(cwd), 'package.json')
    const installed = names.flatMap((name) => find(`${scope}/${name}`, root) ?? [])
    if (installed.length === 0) {
      return result(
        'packages',
        'skip',
        tried,
        'none is installed here: run this in the folder of your application',
      )
    }
    const problems = [...copiesOfCore(installed), ...unfit(installed)]
    if (problems.length > 0) return problems
    const list = installed.map(({ name, version }) => `${name.slice(scope.length + 1)} ${version}`).join(', ')
    return result('packages', 'ok', tried, `one copy of core; ${list}`)
  },
}

/** Two copies share no memory: a logout in one is not heard in the other. */
function* copiesOfCore(installed: readonly Installed[]): Generator<CheckResult> {
  const copies = new Map<string, { version: string; users: string[] }>()
  for (const { name, folder } of installed) {
    const core =
      name === `${scope}/core`
        ? find(name, join(folder, 'package.json'))
        : find(`${scope}/core`, join(folder, 'package.json'))
    if (core === undefined) continue
    const copy = copies.get(core.folder) ?? { version: core.version, users: [] }
    copy.users.push(name)
    copies.set(core.folder, copy)
  }
  if (copies.size < 2) return
  const list = [...copies.values()]
    .map(({ version, users }) => `${version} (for ${users.join(', ')})`)
    .join('; ')
  yield result(
    'packages',
    'fail',
    tried,
    `${copies.size} copies of @tesouro-tokens/core are loaded: ${list}. They share no memory, so a logout in one is not heard in the other`,
    `Bring all packages of ours to versions that take the same core, then \`npm dedupe\`.`,
  )
}

function* unfit(installed: readonly Installed[]): Generator<CheckResult> {
  for (const { name, version, folder, dependencies, peers } of installed) {
    for (const [needed, range] of [...Object.entries(dependencies), ...Object.entries(peers)]) {
      if (needed.startsWith('@types/') || (dependencies[needed] !== undefined && !needed.startsWith(scope)))
        continue
      const found = find(needed, join(folder, 'package.json'))
      if (found === undefined || satisfies(found.version, range)) continue
      yield result(
        'packages',
        'fail',
        tried,
        `${name} ${version} needs ${needed} ${range}, and finds ${found.version}`,
        `Install a ${needed} of ${range}, or another version of ${name}.`,
      )
    }
  }
}

/** The package that a file would load under a name. Read by hand: `exports` may hide `package.json`. */
function find(name: string, from: string): Installed | undefined {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    try {
      const path = join(folder, 'node_modules', name, 'package.json')
      const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
      const { version, dependencies, peerDependencies } = Object(manifest)
      if (typeof version === 'string') {
        const own = { ...dependencies }
        return {
          name,
          version,
          folder: dirname(realpathSync(path)),
          dependencies: own,
          peers: { ...peerDependencies },
        }
      }
    } catch {
      // not here: the next folder upwards
    }
    if (folder === dirname(folder)) return undefined
  }
}
