import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { apiReport } from '../../src/api-report.js'
import { type Change, changedWithoutChangeset } from '../../src/changesets.js'
import { readTracked, repository } from '../../src/markdown.js'
import { publicPackages } from './set-up.js'

const reports = 'conformance/test/packages/__snapshots__/api'

test.each(publicPackages)('the public types of %s change unnoticed', async (name) => {
  const dist = join(inject('npmFolder'), 'node_modules/@tesouro-tokens', name, 'dist')
  await expect(apiReport(dist)).toMatchFileSnapshot(`__snapshots__/api/${name}.txt`)
})

test('a report leaves out a type that exported types use', () => {
  const dist = join(inject('npmFolder'), 'node_modules/@tesouro-tokens/core/dist')
  const report = apiReport(dist)
  expect(report).toMatch(/^class ConfigurationError extends BaseError/m)
  expect(report.indexOf('abstract class BaseError')).toBeGreaterThan(report.indexOf('// used by these'))
  expect(report).not.toMatch(/^ *(\*|\/\*|\/\/ (?!used))/m)
})

/** What differs from where this branch left `main`; nothing where there is no such branch. */
function changesOfThisBranch(): Change[] {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: repository, encoding: 'utf8' })
  const main = ['main', 'origin/main'].find((ref) => {
    try {
      return git('rev-parse', '--verify', '--quiet', ref) !== ''
    } catch {
      return false
    }
  })
  if (main === undefined) {
    process.stderr.write('\n*** SKIPPED, changes of public types need no changeset: there is no main ***\n\n')
    return []
  }
  const base = git('merge-base', 'HEAD', main).trim()
  const tracked = git('diff', '--name-status', '--no-renames', base).split('\n')
  const untracked = git('ls-files', '--others', '--exclude-standard').split('\n')
  return [...tracked, ...untracked.map((file) => `A\t${file}`)]
    .map((line) => line.split('\t'))
    .flatMap(([status, file]) => (status && file ? [{ status, file }] : []))
}

test('the public types of a package change without a changeset', () => {
  expect(changedWithoutChangeset(reports, changesOfThisBranch(), readTracked)).toEqual([])
})

test('a change without a changeset is not noticed', () => {
  const changed = { status: 'M', file: `${reports}/redis.txt` }
  const about = (name: string) => () => `---\n'@tesouro-tokens/${name}': minor\n---\n\nNew.\n`
  const changeset = { status: 'A', file: '.changeset/quick-foxes-run.md' }
  expect(changedWithoutChangeset(reports, [changed], about('redis'))).toEqual(['redis'])
  expect(changedWithoutChangeset(reports, [changed, changeset], about('core'))).toEqual(['redis'])
  expect(changedWithoutChangeset(reports, [changed, changeset], about('redis'))).toEqual([])
})
