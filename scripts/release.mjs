// Makes what a release consists of, from packages that are built: node scripts/release.mjs <destination> [tarballs | bills].
// `tarballs`: each public package as it would be published. `bills`: for each tarball a bill of materials, and
// `release.json`, which lists all of it with its SHA-512. Without the second word both. scripts/publish.mjs publishes
// nothing but what stands in that list.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pack } from './pack.mjs'

const root = resolve(import.meta.dirname, '..')

/** Writes a tarball for each public package. */
export function packAll(destination) {
  mkdirSync(destination, { recursive: true })
  pack(publicFolders(), destination)
}

/** Writes a bill of materials for each tarball in the folder, and the list of everything. */
export function listRelease(destination) {
  const tarballs = readdirSync(destination).filter((file) => file.endsWith('.tgz'))
  const manifests = tarballs.map((tarball) => manifestIn(join(destination, tarball)))
  const bills = billsOfMaterials(manifests)
  const entries = tarballs.map((tarball, index) => {
    const { name, version } = manifests[index]
    const sbom = tarball.replace(/\.tgz$/, '.cdx.json')
    writeFileSync(join(destination, sbom), `${JSON.stringify(bills[index], null, 2)}\n`)
    const integrity = integrityOf(join(destination, tarball))
    return { name, version, tarball, integrity, sbom, sbomIntegrity: integrityOf(join(destination, sbom)) }
  })
  const list = JSON.stringify(dependenciesFirst(entries, manifests), null, 2)
  writeFileSync(join(destination, 'release.json'), `${list}\n`)
}

function publicFolders() {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private !== true)
}

/** An interrupted publication leaves no package that cannot be installed. */
function dependenciesFirst(entries, manifests) {
  const dependenciesOf = new Map(
    manifests.map(({ name, dependencies = {} }) => [name, Object.keys(dependencies)]),
  )
  const depthOf = (name) => 1 + Math.max(0, ...(dependenciesOf.get(name) ?? []).map(depthOf))
  return entries.toSorted((a, b) => depthOf(a.name) - depthOf(b.name) || (a.name < b.name ? -1 : 1))
}

/**
 * A bill of materials in CycloneDX for each manifest: what npm resolves for it today, without peers. npm writes it itself,
 * for a workspace of these manifests, so that our own packages are found although they may not be published yet.
 */
function billsOfMaterials(manifests) {
  const folder = mkdtempSync(join(tmpdir(), 'tesouro-sbom-'))
  try {
    const workspace = { name: 'release', version: '0.0.0', workspaces: ['*'] }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(workspace))
    for (const { name, version, license, description, dependencies } of manifests) {
      mkdirSync(join(folder, basename(name)))
      const manifest = { name, version, license, description, dependencies }
      writeFileSync(join(folder, basename(name), 'package.json'), JSON.stringify(manifest))
    }
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
    npm(['install', '--package-lock-only', ...quiet], folder)
    return manifests.map((manifest) => {
      const sbom = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=library']
      return billOf(manifest, JSON.parse(npm([...sbom, `--workspace=${manifest.name}`], folder)))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What npm wrote about a workspace, as a bill of the one package in it, without the places where npm found things. */
function billOf({ name, version, license, description }, bill) {
  const ref = `${name}@${version}`
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const licenses = [{ license: { id: license } }]
  const component = { 'bom-ref': ref, type: 'library', name, version, description, purl, licenses }
  return {
    ...bill,
    metadata: { ...bill.metadata, component },
    components: bill.components
      .filter((component) => component['bom-ref'] !== ref)
      .map(({ properties: _, externalReferences: __, ...component }) => component),
    dependencies: bill.dependencies.filter((entry) => entry.ref !== bill.metadata.component['bom-ref']),
  }
}

export function manifestIn(tarball) {
  return JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }))
}

/** As npm writes it (Subresource Integrity). */
export function integrityOf(file) {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`
}

/** npm as a shell starts it: without the settings of a pnpm that may run this. */
export function npm(args, cwd) {
  const env = Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|pnpm_)/i.test(name))
  return execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd,
    env: Object.fromEntries(env),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [destination, part] = process.argv.slice(2)
  if (destination === undefined || ![undefined, 'tarballs', 'bills'].includes(part)) {
    console.error('usage: node scripts/release.mjs <destination> [tarballs | bills]')
    process.exit(2)
  }
  if (part !== 'bills') packAll(resolve(destination))
  if (part !== 'tarballs') listRelease(resolve(destination))
}
