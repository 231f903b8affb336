import { expect, test } from 'vitest'
import { blocksOf, readTracked, trackedFiles } from '../src/markdown.js'

/** Lists and tables to look things up in, not tasks. */
const lookedUp = ['README.md', 'troubleshooting.md', 'performance.md', 'upgrading.md']
const tasks = trackedFiles(':(glob)docs/*.md').filter(
  (page) => !lookedUp.includes(page.slice('docs/'.length)),
)

test.each(tasks)('%s shows no code, or hides what it cannot do', (page) => {
  const code = ['ts', 'tsx', 'js'].flatMap((language) => blocksOf(page, language))
  expect(code).not.toEqual([])
  expect(readTracked(page)).toMatch(/^## Limits$/m)
})

const applications = ['compose', 'express', 'nestjs', 'next', 'page']
const examples = applications.map((name) => `examples/${name}/README.md`)

test.each(examples)('%s does not say which three files matter', (page) => {
  const [, section = ''] = readTracked(page).split('## The three files that matter\n')
  const [table = ''] = section.trim().split('\n\n')
  expect(table.split('\n').filter((line) => /^\| \[`/.test(line))).toHaveLength(3)
})
