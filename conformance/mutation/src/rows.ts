import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { root } from './root.js'

/** A row of the table of threats. */
export interface Row {
  readonly threat: string
  /** Paths from the root. */
  readonly links: readonly string[]
}

/** Every row of SECURITY.md's table of threats. */
export function rowsOfSecurity(): Row[] {
  const text = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  const [, table = ''] = /^\| --- \| --- \| --- \|\n((?:\|.*\n)+)/m.exec(text) ?? []
  return table
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, threat = '', , tests = ''] = line.split('|').map((cell) => cell.trim())
      const links = [...tests.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => posix.normalize(link))
      return { threat, links }
    })
}
