import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync } from 'vite'
import { repository } from './markdown.js'

/** A file of a package, as far as its shape is concerned. */
export interface SourceFile {
  /** Below the package's `src`. */
  path: string
  /** Files of the same package that it imports, for values or for types. */
  imports: readonly string[]
  /** Whether it imports anything while it runs. */
  loadsLate: boolean
  /** Lines with code on them: comments and blank lines do not count. */
  lines: number
  /** Named functions, methods and closures, with the lines of code from head to end. */
  functions: readonly { name: string; lines: number }[]
}

interface Node {
  type: string
  start: number
  end: number
  [member: string]: unknown
}

/** Every file of `packages/<name>/src`. */
export function sourceFiles(name: string): SourceFile[] {
  const folder = join(repository, 'packages', name)
  const src = join(folder, 'src')
  const { imports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    imports?: Record<string, { '@tesouro-tokens/source'?: unknown }>
  }
  const targets = (specifier: string, from: string): string[] => {
    if (specifier.startsWith('.')) {
      return [posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts')]
    }
    const chosen = JSON.stringify(imports[specifier]?.['@tesouro-tokens/source'] ?? '')
    return [...new Set(chosen.match(/(?<=\.\/src\/)[^"]+/g))]
  }
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => readSource(path, readFileSync(join(src, path), 'utf8'), targets))
}

function readSource(
  path: string,
  text: string,
  targets: (specifier: string, from: string) => string[],
): SourceFile {
  const { program, comments, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const code = withoutComments(text, comments)
  const imports = new Set<string>()
  const functions: { name: string; lines: number }[] = []
  let loadsLate = false
  for (const [node, parent] of nodesBelow(program)) {
    const { source } = node
    if (isNode(source) && typeof source.value === 'string') {
      for (const target of targets(source.value, path)) imports.add(target)
    }
    if (node.type === 'ImportExpression') loadsLate = true
    if (isNode(node.body) && /^(Arrow)?Function/.test(node.type)) {
      functions.push({ name: nameOf(node, parent), lines: codeLines(code.slice(node.start, node.end)) })
    }
  }
  return { path, imports: [...imports].sort(), loadsLate, lines: codeLines(code), functions }
}

/** The same text with a blank for each character of a comment, so that positions stay. */
function withoutComments(text: string, comments: readonly { start: number; end: number }[]): string {
  let code = text
  for (const { start, end } of comments) {
    code = code.slice(0, start) + code.slice(start, end).replace(/[^\n]/g, ' ') + code.slice(end)
  }
  return code
}

function codeLines(code: string): number {
  return code.split('\n').filter((line) => line.trim() !== '').length
}

/** Every node below another one, with the node that it stands in. */
function* nodesBelow(parent: object): Generator<[node: Node, parent: object]> {
  for (const member of Object.values(parent)) {
    for (const node of Array.isArray(member) ? member : [member]) {
      if (!isNode(node)) continue
      yield [node, parent]
      yield* nodesBelow(node)
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** What a function is called, by itself or by what it is assigned to. */
function nameOf(node: Node, parent: object): string {
  const { id, key } = { id: undefined, key: undefined, ...parent }
  for (const named of [node.id, id, key]) {
    if (isNode(named) && typeof named.name === 'string') return named.name
  }
  return 'a function without a name'
}
