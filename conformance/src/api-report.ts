import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One declaration at the top of a module, without comments. */
interface Declaration {
  readonly module: string
  readonly name: string
  readonly text: string
}

interface Module {
  readonly declarations: readonly Declaration[]
  /** Local names and where they come from, for names of other modules of the package. */
  readonly imports: ReadonlyMap<string, { module: string; name: string }>
  /** Exported names that are another module's, and where they come from. */
  readonly reexports: ReadonlyMap<string, { module: string; name: string }>
  /** Lines that name what comes from other packages. */
  readonly foreign: readonly string[]
}

/**
 * The public types of a package as one text: every exported declaration, then every declaration that they use, in the order
 * of their names and without comments. Two builds have the same report when an application can tell no difference.
 */
export function apiReport(dist: string): string {
  const modules = new Map<string, Module>()
  const moduleAt = (path: string): Module => {
    const known = modules.get(path)
    if (known !== undefined) return known
    const module = readModule(path, readFileSync(join(dist, path), 'utf8'))
    modules.set(path, module)
    return module
  }
  const found = new Map<string, { declaration: Declaration[]; exported: boolean }>()
  const visit = (path: string, name: string, exported: boolean): void => {
    const { declarations, imports, reexports } = moduleAt(path)
    const elsewhere = imports.get(name) ?? reexports.get(name)
    if (elsewhere !== undefined) {
      visit(elsewhere.module, elsewhere.name, exported)
      return
    }
    const own = declarations.filter((declaration) => declaration.name === name)
    const key = `${name} ${path}`
    const before = found.get(key)
    if (own.length === 0 || before?.exported || (before !== undefined && !exported)) return
    found.set(key, { declaration: own, exported })
    if (before !== undefined) return
    const names = new Set(own.flatMap(({ text }) => text.match(/[A-Za-z_$][\w$]*/g) ?? []))
    for (const used of names) if (used !== name) visit(path, used, false)
  }
  const index = moduleAt('index.d.ts')
  for (const name of index.reexports.keys()) visit('index.d.ts', name, true)
  for (const { name } of index.declarations) visit('index.d.ts', name, true)

  const list = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  const textOf = (exported: boolean): string[] =>
    list
      .filter((entry) => entry.exported === exported)
      .map(({ declaration }) => declaration.map(({ text }) => text).join('\n'))
  return [...index.foreign, ...textOf(true), '// used by these', ...textOf(false), ''].join('\n\n')
}

function readModule(path: string, text: string): Module {
  const declarations: Declaration[] = []
  const imports = new Map<string, { module: string; name: string }>()
  const reexports = new Map<string, { module: string; name: string }>()
  const foreign: string[] = []
  for (const statement of statementsOf(withoutComments(text))) {
    const list = /^(import|export)(?: type)? \{([\s\S]*)\} from ['"]([^'"]+)['"];$/.exec(statement)
    if (list === null) {
      const [, name] =
        /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|const|function) ([\w$]+)/.exec(
          statement,
        ) ?? []
      if (name !== undefined)
        declarations.push({ module: path, name, text: statement.replace(/^export (declare )?/, '') })
      continue
    }
    const [, word, names = '', from = ''] = list
    if (!from.startsWith('.')) {
      if (word === 'export') foreign.push(statement)
      continue
    }
    const module = join(dirname(path), from).replace(/\.js$/, '.d.ts')
    for (const entry of names.split(',').map((name) => name.trim().replace(/^type /, ''))) {
      const [name = '', local = name] = entry.split(' as ')
      if (name !== '') (word === 'import' ? imports : reexports).set(local, { module, name })
    }
  }
  return { declarations, imports, reexports, foreign: foreign.toSorted() }
}

/** As tsc writes them: a statement begins in the first column, and every line that continues it is indented or closes it. */
function statementsOf(text: string): string[] {
  return text
    .split(/\n(?=[a-z@])/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '' && statement !== 'export {};')
}

/** Leaves texts as they are: `//` in one begins no comment. */
function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/.*$/gm, '$1')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{2,}/g, '\n')
}
