import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repository } from '../src/markdown.js'
import { type SourceFile, sourceFiles } from '../src/source-files.js'

/** The flow of core, lowest first: a file imports from its own room and from rooms that stand before it. */
const rooms = [
  'errors.ts',
  'user.ts',
  'events.ts',
  'traces.ts',
  'tokens.ts',
  'runtime',
  'lib',
  'crypto',
  'observer.ts',
  'identity',
  'cache',
  'limits',
  'subject-token',
  'configuration',
  'token-endpoint',
  'calls.ts',
  'access-tokens',
  'widget-token',
  'platform',
  'http',
  'instance.ts',
  'create.ts',
  'index.ts',
  'browser.ts',
]

const roomOf = (path: string): number => rooms.indexOf(path.split('/')[0] ?? '')

it('core has a room that nobody gave a place in the flow, or the flow names one that is gone', () => {
  const found = sourceFiles('core').map(({ path }) => path.split('/')[0])
  expect([...new Set(found)].sort()).toEqual([...rooms].sort())
})

it('a file of core imports from a room that stands above its own', () => {
  const against = sourceFiles('core').flatMap(({ path, imports }) =>
    imports.filter((target) => roomOf(target) > roomOf(path)).map((target) => `${path} → ${target}`),
  )
  expect(against).toEqual([])
})

describe.each(readdirSync(join(repository, 'packages')))('packages/%s', (name) => {
  const files = sourceFiles(name)

  it('files import one another in a circle', () => {
    expect(circles(files)).toEqual([])
  })

  it('an import leads to no file, so that the other tests here do not see where it leads', () => {
    const paths = new Set(files.map(({ path }) => path))
    const lost = files.flatMap(({ imports }) => imports.filter((target) => !paths.has(target)))
    expect(lost).toEqual([])
    expect(files.length).toBeGreaterThan(1)
  })
})

/** Groups of files of which each leads to every other one. */
function circles(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]))
  const reachedFrom = new Map(files.map(({ path }) => [path, reached(path, importsOf)]))
  const groups = files.map(({ path }) => {
    if (!reachedFrom.get(path)?.has(path)) return ''
    const together = files.filter(
      (other) => reachedFrom.get(path)?.has(other.path) && reachedFrom.get(other.path)?.has(path),
    )
    return together.map((other) => other.path).join(', ')
  })
  return [...new Set(groups)].filter((group) => group !== '')
}

function reached(from: string, importsOf: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>()
  const open = [...(importsOf.get(from) ?? [])]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    open.push(...(importsOf.get(path) ?? []))
  }
  return seen
}
