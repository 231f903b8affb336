import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readTracked, repository, trackedFiles } from '../src/markdown.js'

const workflows = trackedFiles('.github/workflows/*.yml')

/** Everything that a workflow may write. A new line here is a way into the repository or onto npm. */
const mayWrite: Readonly<Record<string, readonly string[]>> = {
  'ci.yml': [],
  'dependency-review.yml': [],
  'release.yml': ['contents', 'pull-requests', 'id-token', 'contents'],
  'scorecard.yml': ['security-events', 'id-token'],
}

test('a workflow is there of which nobody knows what it may write, or one is gone', () => {
  expect(workflows.map((file) => file.split('/').at(-1))).toEqual(Object.keys(mayWrite))
})

test.each(workflows)('%s runs an action that somebody else can change', (file) => {
  const uses = [...readTracked(file).matchAll(/^ *-? *uses: (.*)$/gm)].map(([, action = '']) => action)
  expect(uses.length).toBeGreaterThan(0)
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w/.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('two workflows run different versions of one action', () => {
  const used = workflows.flatMap((file) => [...readTracked(file).matchAll(/uses: (\S+)@(\S+)/g)])
  const versions = new Map<string, Set<string>>()
  for (const [, action = '', hash = ''] of used)
    versions.set(action, (versions.get(action) ?? new Set()).add(hash))
  expect([...versions].filter(([, hashes]) => hashes.size > 1)).toEqual([])
})

test.each(Object.entries(mayWrite))('%s may write more than it needs', (name, expected) => {
  const text = readTracked(`.github/workflows/${name}`)
  expect(text).toMatch(/^permissions:(?: \{\}|\n {2}contents: read)$/m)
  expect(text).not.toMatch(/write-all|read-all|secrets\./)
  expect([...text.matchAll(/^ +([\w-]+): write\b/gm)].map(([, permission]) => permission)).toEqual(expected)
})

test('what publishes also installs or builds, so that it publishes something else than was tested', () => {
  const [, publish = ''] =
    /^ {2}publish:\n([\s\S]*?)^ {2}\w+:$/m.exec(readTracked('.github/workflows/release.yml')) ?? []
  const runs = [...publish.matchAll(/^ *- run: (.*)$/gm)].map(([, command]) => command)
  expect(runs).toEqual(['node scripts/publish.mjs release'])
})

test.each(workflows)('%s runs a script that is gone', (file) => {
  const scripts = [...readTracked(file).matchAll(/node (scripts\/[\w.]+)/g)].map(([, script = '']) => script)
  expect(scripts.filter((script) => !existsSync(join(repository, script)))).toEqual([])
})
