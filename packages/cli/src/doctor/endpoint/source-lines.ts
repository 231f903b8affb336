import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { printable } from '../../terminal/printable.js'

const skipped = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'vendor', 'public'])
const source = /\.[cm]?[jt]sx?$/
const mostFiles = 2_000
const deepest = 8
const largestFile = 256 * 1_024
const mostLines = 3

/** What a line is looked for by. */
export type SourceTopic =
  | 'body'
  | 'query'
  | 'headers'
  | 'cookies'
  | 'session'
  | 'origin'
  | 'method'
  | 'caching'
  | 'mount'

/** What the line to blame looks like. Only files that speak of widget tokens are read. */
const sourcePatterns: { readonly [topic in SourceTopic]: RegExp } = {
  body: /\b(?:req|request|ctx|context|c|event)\.(?:body|json\(\)|text\(\)|formData\(\))|\bbody\.(?:user|sub|email|id)/,
  query: /\.(?:query|searchParams|nextUrl|params)\b/,
  headers: /(?:headers(?:\.get\(|\[)|\.(?:get|header)\()\s*['"`](?:x-|remote-|user)[\w-]*/i,
  cookies: /cookies?(?:\(\))?(?:\.get\(|\[|\.)\s*['"`]?(?:user|email)/i,
  session: /\bgetUser\b/,
  origin: /\ballowedOrigins\b|\bcors\(|access-control-allow-origin/i,
  method: /\.(?:get|all)\(\s*['"`][^'"`]*widget|export\s+(?:async\s+)?(?:function|const)\s+GET\b/,
  caching: /cache-control|s-maxage|\brevalidate\b/i,
  mount:
    /tesouroTokensRouter\(|widgetTokenRoute\(|widgetTokenApiRoute\(|TesouroTokensModule\.|widgetTokenEndpoint\(/,
}

/**
 * Where in the user's own code to look: `src/app.ts:12`, at most three. The lines themselves are not shown: they may hold
 * anything.
 */
function sourceLines(cwd: string, topic: SourceTopic): string[] {
  const found: string[] = []
  for (const path of sourceFiles(cwd)) {
    const text = read(path)
    if (!/widget-?_?token|tesouro/i.test(text)) continue
    for (const [index, line] of text.split('\n').entries()) {
      if (!sourcePatterns[topic].test(line.slice(0, 1_000))) continue
      found.push(`${printable(relative(cwd, path), 120)}:${index + 1}`)
      if (found.length === mostLines) return found
    }
  }
  return found
}

/** A sentence that names the lines; empty when none is found. */
export function lookAt(cwd: string, topic: SourceTopic): string {
  const lines = sourceLines(cwd, topic)
  return lines.length === 0 ? '' : ` Look at ${lines.join(', ')}.`
}

function* sourceFiles(cwd: string): Generator<string> {
  const folders: [path: string, depth: number][] = [[cwd, 0]]
  let files = 0
  for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
    const [folder, depth] = next
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (depth < deepest && !skipped.has(entry.name) && !entry.name.startsWith('.'))
          folders.push([path, depth + 1])
      } else if (entry.isFile() && source.test(entry.name) && !entry.name.endsWith('.d.ts')) {
        files += 1
        if (files > mostFiles) return
        yield path
      }
    }
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((one, other) =>
      one.name.localeCompare(other.name),
    )
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return statSync(path).size > largestFile ? '' : readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
