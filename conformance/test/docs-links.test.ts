import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leadsSomewhere, linksOf } from '../src/links.js'
import { repository, trackedFiles } from '../src/markdown.js'

const pages = trackedFiles('*.md').filter((page) => existsSync(join(repository, page)))

/** Read where they stand, by those who look for them there. */
const foundWithoutLink = /^\.changeset\/|\/CHANGELOG\.md$|^AGENTS\.md$|^tools\/|\/skills\//

/** Every page that links lead to, from the first one on. */
function reachable(): Set<string> {
  const found = new Set(['README.md'])
  for (const page of found) {
    if (!page.endsWith('.md') || !existsSync(join(repository, page))) continue
    for (const { file } of linksOf(page)) found.add(file)
  }
  return found
}

test('there are pages to look at', () => {
  expect(pages).toContain('README.md')
})

test.each(pages)('%s links to something that is not there', (page) => {
  expect(linksOf(page).filter((link) => !leadsSomewhere(link))).toEqual([])
})

test('a page cannot be found, because nothing links to it', () => {
  const found = reachable()
  expect(pages.filter((page) => !found.has(page) && !foundWithoutLink.test(page))).toEqual([])
})
