import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((page) => page !== '' && existsSync(join(root, page)))

interface Link {
  target: string
  fragment: string
}

/** Links to places in this repository, without those in code. */
function linksOf(text: string): Link[] {
  const prose = text.replace(/^ *(```|~~~)[\s\S]*?^ *\1/gm, '').replace(/`[^`\n]*`/g, '')
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)]
  const references = [...prose.matchAll(/^\s*\[[^\]]+\]:\s*<?([^\s>]+)>?/gm)]
  return [...inline, ...references]
    .map(([, address = '']) => address)
    .filter((address) => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(address))
    .map((address) => {
      const [target = '', fragment = ''] = address.split('#')
      return { target: decodeURIComponent(target), fragment: decodeURIComponent(fragment) }
    })
}

/** The names under which headings can be linked to, as GitHub makes them: repeated ones are numbered. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>(
    [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = '']) => name),
  )
  for (const [, heading = ''] of text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '')
    const name = plain.replace(/\s/g, '-')
    let anchor = name
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${name}-${count}`
    anchors.add(anchor)
  }
  return anchors
}

it('there are pages to look at', () => {
  expect(pages).toContain('README.md')
})

it.each(pages)('%s links to nothing that is not there', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  const broken = linksOf(text).filter(({ target, fragment }) => {
    const file = target === '' ? join(root, page) : join(root, dirname(page), target)
    if (!existsSync(file)) return true
    if (fragment === '' || !file.endsWith('.md') || statSync(file).isDirectory()) return false
    return !anchorsOf(readFileSync(file, 'utf8')).has(fragment)
  })
  expect(broken).toEqual([])
})
