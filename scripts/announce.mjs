// Makes a release on GitHub for each version in a folder of scripts/release.mjs that has none: node scripts/announce.mjs
// <folder>. It calls the command line of GitHub, which reads GH_TOKEN and knows the repository from the workflow.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node scripts/announce.mjs <folder>')
  process.exit(2)
}
for (const { name, version, tarball, sbom } of JSON.parse(
  readFileSync(join(folder, 'release.json'), 'utf8'),
)) {
  const tag = `${name}@${version}`
  if (gh('release', 'list', '--limit', '1000', '--json', 'tagName').includes(`"${tag}"`)) continue
  const notes = notesOf(name.slice('@tesouro-tokens/'.length), version)
  const files = [join(folder, tarball), join(folder, sbom)]
  gh(
    'release',
    'create',
    tag,
    ...files,
    '--title',
    `${name} ${version}`,
    '--notes',
    notes,
    '--target',
    commit(),
  )
  console.log(`${tag}: announced`)
}

/** What the changelog says about this version. */
function notesOf(name, version) {
  const file = `packages/${name}/CHANGELOG.md`
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const section = text.split(/^## /m).find((part) => part.startsWith(`${version}\n`)) ?? ''
  return section.slice(version.length).trim() || 'No change that users notice.'
}

function commit() {
  return process.env.GITHUB_SHA ?? execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
}

function gh(...args) {
  const repository = process.env.GITHUB_REPOSITORY
  const where = repository === undefined ? [] : ['--repo', repository]
  return execFileSync('gh', [...args, ...where], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}
