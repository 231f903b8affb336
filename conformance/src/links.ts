import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { readTracked, repository } from './markdown.js'

/** A link of a page to something in this repository. */
export interface Link {
  /** File or folder, as a path from the root. */
  readonly file: string
  readonly fragment: string
}

/** Links to places in this repository, without those in code. */
export function linksOf(page: string): Link[] {
  const prose = readTracked(page)
    .replace(/^ *(```|~~~)[\s\S]*?^ *\1/gm, '')
    .replace(/`[^`\n]*`/g, '')
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)]
  const references = [...prose.matchAll(/^\s*\[[^\]]+\]:\s*<?([^\s>]+)>?/gm)]
  return [...inline, ...references]
    .map(([, address = '']) => address)
    .filter((address) => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(address))
    .map((address) => {
      const [target = '', fragment = ''] = address.split('#')
      const file = target === '' ? page : normalize(join(dirname(page), decodeURIComponent(target)))
      return { file, fragment: decodeURIComponent(fragment) }
    })
}

/** Whether the link leads to a file that is there, and to a heading of it where it names one. */
export function leadsSomewhere({ file, fragment }: Link): boolean {
  const path = join(repository, file)
  if (!existsSync(path)) return false
  if (fragment === '' || !file.endsWith('.md') || statSync(path).isDirectory()) return true
  return anchorsOf(file).has(fragment)
}

/** The names under which headings can be linked to, as GitHub makes them: repeated ones are numbered. */
function anchorsOf(page: string): Set<string> {
  const text = readTracked(page)
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
