// Every public package that has never been published, or changed since, needs a changeset.
import { readdirSync, readFileSync } from 'node:fs'

const changesets = readdirSync('.changeset')
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => readFileSync(`.changeset/${name}`, 'utf8'))
const missing = readdirSync('packages')
  .map((folder) => JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8')))
  .filter((manifest) => !manifest.private && manifest.version === '0.0.0')
  .filter(
    (manifest) =>
      !changesets.some((text) => text.includes(`'${manifest.name}'`) || text.includes(`"${manifest.name}"`)),
  )
  .map((manifest) => manifest.name)
if (missing.length > 0) {
  console.error(`no changeset for ${missing.join(', ')}: run \`npx changeset\``)
  process.exit(1)
}
