import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { repository } from '../src/markdown.js'
import { sourceFiles } from '../src/source-files.js'

/** Lines of code, without comments and blank lines. */
const longest = { file: 250, function: 60 }

const files = readdirSync(join(repository, 'packages')).flatMap((name) =>
  sourceFiles(name).map((file) => ({ ...file, path: `${name}/${file.path}` })),
)

it('a file of a package has grown beyond one idea', () => {
  const long = files.filter(({ lines }) => lines > longest.file).map(({ path }) => path)
  expect(long).toEqual([])
})

it('a function has grown beyond what fits on a screen, and outline and stack traces stop at it', () => {
  const long = files.flatMap(({ path, functions }) =>
    functions.filter(({ lines }) => lines > longest.function).map(({ name }) => `${path}: ${name}`),
  )
  expect(long).toEqual([])
  expect(files.flatMap(({ functions }) => functions).length).toBeGreaterThan(500)
})
