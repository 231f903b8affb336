// Packs a package as it would be published: node scripts/pack.mjs <package folder> <destination>. Prints the tarball.
// Only pnpm rewrites `workspace:`, `catalog:` and what publishConfig replaces; npm's own pack leaves them as they are.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pnpm } from './pnpm.mjs'

/** @returns {string} the tarball's path */
export function pack(folder, destination) {
  const { name, version } = JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8'))
  pnpm(['pack', '--pack-destination', resolve(destination)], { cwd: resolve(folder) })
  return resolve(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, destination] = process.argv.slice(2)
  console.log(pack(folder, destination))
}
