// Packs packages as they would be published: node scripts/pack.mjs <destination> <package folder>… Prints the tarballs.
// Only pnpm rewrites `workspace:`, `catalog:` and what publishConfig replaces; npm's own pack leaves them as they are. One
// pnpm packs all of them: starting it takes ten times as long as packing.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pnpm } from './pnpm.mjs'

/** @returns {string[]} the tarballs' paths */
export function pack(folders, destination) {
  const manifests = folders.map((folder) => JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8')))
  const filters = manifests.map(({ name }) => `--filter=${name}`)
  const root = resolve(import.meta.dirname, '..')
  pnpm([...filters, 'pack', '--pack-destination', resolve(destination)], { cwd: root })
  return manifests.map(({ name, version }) =>
    resolve(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [destination, ...folders] = process.argv.slice(2)
  for (const tarball of pack(folders, destination)) console.log(tarball)
}
