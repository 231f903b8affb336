// Publishes what scripts/release.mjs has made: node scripts/publish.mjs <folder> [--dry-run]. Nothing is built or packed
// here: a file that differs from the list is refused, and so is a version that is published already with other bytes.
// A package whose version is published already is left out, so that an interrupted publication can be repeated.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { integrityOf, manifestIn, npm } from './release.mjs'

/** Trusted publishing came with this version of npm. */
const oldestNpm = [11, 5, 1]

const [folder, flag] = process.argv.slice(2)
if (folder === undefined || ![undefined, '--dry-run'].includes(flag)) {
  console.error('usage: node scripts/publish.mjs <folder> [--dry-run]')
  process.exit(2)
}
const dryRun = flag === '--dry-run'
const release = JSON.parse(readFileSync(join(folder, 'release.json'), 'utf8'))

const problems = release.flatMap(problemsOf)
if (!dryRun && isOlder(npm(['--version'], resolve(folder)).trim())) {
  problems.push(`npm is older than ${oldestNpm.join('.')}, which trusted publishing needs`)
}
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
for (const entry of release) publish(entry)

function problemsOf({ name, version, tarball, integrity, sbom, sbomIntegrity }) {
  const files = [
    [tarball, integrity],
    [sbom, sbomIntegrity],
  ]
  const changed = files.filter(([file, expected]) => integrityOf(join(folder, file)) !== expected)
  if (changed.length > 0) return changed.map(([file]) => `${file} is not the file that release.json lists`)
  const manifest = manifestIn(join(folder, tarball))
  const same = manifest.name === name && manifest.version === version
  return same ? [] : [`${tarball} holds ${manifest.name} ${manifest.version}, not ${name} ${version}`]
}

function publish({ name, version, tarball, integrity }) {
  const published = dryRun ? undefined : publishedIntegrity(name, version)
  if (published === integrity) return console.log(`${name} ${version}: published already`)
  if (published !== undefined) throw new Error(`${name} ${version} is published already, with other content`)
  const flags = dryRun ? ['--dry-run'] : ['--provenance']
  npm(['publish', `./${tarball}`, '--access', 'public', ...flags], resolve(folder))
  console.log(`${name} ${version}: ${dryRun ? 'would be published' : 'published'}`)
}

/** `undefined` where this version is not published. */
function publishedIntegrity(name, version) {
  try {
    const said = npm(['view', `${name}@${version}`, 'dist.integrity', '--json'], resolve(folder)).trim()
    return said === '' ? undefined : JSON.parse(said)
  } catch (error) {
    if (/\bE404\b/.test(`${error.stdout}${error.stderr}`)) return undefined
    throw error
  }
}

function isOlder(version) {
  const parts = version.split('.').map(Number)
  const index = parts.findIndex((part, place) => part !== oldestNpm[place])
  return index !== -1 && parts[index] < oldestNpm[index]
}
