import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vite'
import type * as Errors from '../../src/errors.js'

// Where core makes its errors: once as the source says, once as it happened. The two are compared.

const source = fileURLToPath(new URL('../../src/', import.meta.url))

/** A place in the source, as `file:line` below `src`. */
export type Site = string

export interface SiteList {
  /** Where an error of the union is made. */
  made: Set<Site>
  /** Calls of functions that do nothing but make one: each is an error path of its own. */
  helperCalls: Set<Site>
  /** Where one of the classes is used in another way, past which this list would not see. */
  other: Set<Site>
}

interface Node {
  type: string
  start: number
  [member: string]: unknown
}

/** Reads the list of places from the source. `classes` are the names of the error classes. */
export function sitesInSource(classes: ReadonlySet<string>): SiteList {
  const sites: SiteList = { made: new Set(), helperCalls: new Set(), other: new Set() }
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.d.ts') || name === 'errors.ts') continue
    readFile(join(source, name), classes, sites)
  }
  return sites
}

function readFile(path: string, classes: ReadonlySet<string>, sites: SiteList): void {
  const text = readFileSync(path, 'utf8')
  const nodes = [...walk(parseAst(text, { lang: 'ts' }) as unknown as Node)]
  const siteOf = ({ start }: Node): Site =>
    `${relative(source, path)}:${text.slice(0, start).split('\n').length}`
  const isMaking = (node: unknown): boolean =>
    isNode(node) && node.type === 'NewExpression' && isNode(node.callee) && classes.has(`${node.callee.name}`)

  const accountedFor = new Set<unknown>()
  const helpers = new Set<unknown>()
  for (const node of nodes) {
    if (isMaking(node)) sites.made.add(siteOf(node))
    if (isMaking(node)) accountedFor.add(node.callee)
    if (node.type === 'BinaryExpression' && node.operator === 'instanceof') accountedFor.add(node.right)
    const name = nameOfFunction(node)
    if (name !== undefined && isMaking(onlyResultOf(node.init ?? node))) helpers.add(name)
  }
  for (const node of nodes) {
    if (node.type === 'CallExpression' && isNode(node.callee) && helpers.has(node.callee.name)) {
      sites.helperCalls.add(siteOf(node))
    }
    if (node.type === 'Identifier' && classes.has(`${node.name}`) && !accountedFor.has(node)) {
      sites.other.add(siteOf(node))
    }
  }
}

/** Every node that stands for something at run time. */
function* walk(node: Node): Generator<Node> {
  if (node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration') {
    if (!isNode(node.declaration)) return
  }
  const isType = node.type.startsWith('TS') && !isNode(node.expression)
  if (isType) return
  yield node
  for (const member of Object.values(node)) {
    for (const child of Array.isArray(member) ? member : [member]) if (isNode(child)) yield* walk(child)
  }
}

function nameOfFunction(node: Node): unknown {
  const isFunction = node.type === 'FunctionDeclaration' || node.type === 'VariableDeclarator'
  return isFunction && isNode(node.id) ? node.id.name : undefined
}

/** What a function whose body is one expression, or one `return` or `throw`, gives or throws. */
function onlyResultOf(node: unknown): unknown {
  if (!isNode(node) || !isNode(node.body)) return undefined
  if (node.body.type !== 'BlockStatement') return node.body
  const statements = node.body.body as Node[]
  return statements.length === 1 ? statements[0]?.argument : undefined
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** An error of the union that was made while the tests ran. */
export interface Made {
  error: Error
  /** Places in core on the stack, the one that made the error first. */
  stack: Site[]
}

export const made: Made[] = []

/** The module `errors.ts` with classes that take down where they are used and are otherwise the same. */
export function recordingErrors(real: typeof Errors): typeof Errors {
  const members = Object.entries(real).map(([name, member]) => [
    name,
    isErrorClass(member) ? recordingClass(name, member) : member,
  ])
  return Object.fromEntries(members)
}

type ErrorClass = new (...given: unknown[]) => Error

export function isErrorClass(member: unknown): member is ErrorClass {
  return typeof member === 'function' && member.prototype instanceof Error
}

function recordingClass(name: string, real: ErrorClass): ErrorClass {
  // Errors are named after the class that was called with `new`: this one must have the same name.
  const named = {
    [name]: class extends real {
      constructor(...given: unknown[]) {
        super(...given)
        const frames = (this.stack ?? '').matchAll(/\/packages\/core\/src\/([\w./-]+\.ts):(\d+):\d+/g)
        const stack = [...frames].map(([, file, line]) => `${file}:${line}`)
        made.push({ error: this, stack: stack.filter((site) => !site.startsWith('errors.ts:')) })
      }
    },
  }
  return named[name] as ErrorClass
}
