import { readFile } from 'node:fs/promises'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { expect, inject, test } from 'vitest'
import { publicPackages } from './set-up.js'

// publint and attw look at the tarball that would be published, not at the folder.
test.each(publicPackages)('a runtime, a bundler or a compiler cannot load %s', async (name) => {
  const bytes = new Uint8Array(await readFile(inject('tarballs')[name]))
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true })
  const errors = messages.filter(({ type }) => type === 'error')
  expect(errors.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])

  const analysis = await checkPackage(createPackageFromTarballData(bytes))
  if (analysis.types === false) throw new Error(`${name} has no types`)
  // A package without `main` has no CommonJS build.
  const ignored = pkg.main === undefined ? ['node10', 'node16-cjs'] : []
  const problems = analysis.problems.filter(
    (problem) => !('resolutionKind' in problem) || !ignored.includes(problem.resolutionKind),
  )
  expect(problems).toEqual([])
})
