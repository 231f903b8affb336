// Fails when docs/api is not what the docstrings say now.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeReference } from './reference.mjs'

const committed = fileURLToPath(new URL('../../../docs/api/', import.meta.url))
const generated = await mkdtemp(join(tmpdir(), 'api-reference-'))
try {
  await writeReference(generated)
  const differing = difference(await pagesIn(committed), await pagesIn(generated))
  if (differing.length > 0) {
    console.error(`docs/api is not current: ${differing.join(', ')}. Run: pnpm run docs:api`)
    process.exitCode = 1
  } else console.log('docs/api is current')
} finally {
  await rm(generated, { recursive: true, force: true })
}

/**
 * @param {string} folder
 * @returns {Promise<Map<string, string>>} the text of each file by its path
 */
async function pagesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name)
        return /** @type {const} */ ([
          path.slice(folder.length).replace(/^\//, ''),
          await readFile(path, 'utf8'),
        ])
      }),
    ),
  )
}

/**
 * @param {Map<string, string>} before
 * @param {Map<string, string>} after
 */
function difference(before, after) {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  )
}
