import { describe, expect, test } from 'vitest'
import { describedOptions } from '../src/described-options.js'
import { docstringsOf } from '../src/docstrings.js'
import { readTracked, trackedFiles } from '../src/markdown.js'

interface Options {
  readonly name: string
  readonly file: string
  readonly members: readonly string[]
}

/** Where the options of an interface are tabled, if not on the page of its package. */
const tabledOn: Readonly<Record<string, string>> = {
  AccessTokenCallOptions: 'docs/access-tokens.md',
  ExternallySignedSubjectTokenOptions: 'docs/subject-tokens.md',
  IssuerOptions: 'docs/subject-tokens.md',
  SignedSubjectTokenOptions: 'docs/subject-tokens.md',
}

/** What the application does not write: members that a package hands out under the name of options. */
const handedOut = ['SandboxTokensOptions']

function optionsOf(file: string): Options[] {
  const found = readTracked(file).matchAll(
    /^export interface (\w*(?:Options|Extras|Timeouts|Config))\b[^{]*\{\n([\s\S]*?)^\}/gm,
  )
  return [...found].map(([, name = '', body = '']) => ({
    name,
    file,
    members: [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(<]/gm)].map(([, member = '']) => member),
  }))
}

const packageOf = (file: string): string => file.split('/').slice(0, 2).join('/')
const exported = (file: string, name: string): boolean =>
  new RegExp(`\\b${name}\\b`).test(readTracked(`${packageOf(file)}/src/index.ts`)) ||
  name in tabledOn ||
  /Extras$/.test(name)
const all = trackedFiles('packages/*/src/*.ts')
  .filter((file) => !file.startsWith('packages/cli/'))
  .flatMap(optionsOf)
  .filter(({ name, file }) => exported(file, name) && !handedOut.includes(name))

/** The names in the first column of a page's tables: `name`, `timeouts.name`, or several in one cell. */
function rowsOf(page: string): Set<string> {
  const cells = [...readTracked(page).matchAll(/^\| ([^|]*) \|/gm)].map(([, cell = '']) => cell)
  return new Set(
    cells.flatMap((cell) => [...cell.matchAll(/`(?:\w+\.)?(\w+)`/g)].map(([, name = '']) => name)),
  )
}

test('there are no options to look at', () => {
  expect(all.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['TesouroTokensOptions', 'TesouroTimeouts', 'StartSandboxOptions']),
  )
})

test.each(all)('an option of $name has no row in a table', ({ name, file, members }) => {
  const rows = rowsOf(tabledOn[name] ?? `${packageOf(file)}/README.md`)
  expect(members.length).toBeGreaterThan(0)
  expect(members.filter((member) => !rows.has(member))).toEqual([])
})

/** Options without a default or a check: arguments of a call, and Nest's, which are those of core and the endpoint. */
const withoutSchema = ['AccessTokenCallOptions', 'TesouroTokensModuleOptions']

test('options have neither a schema nor a docstring that their table is held to', () => {
  const described = describedOptions.flatMap(({ interfaces }) =>
    interfaces.map(({ file, name }) => `${file}: ${name}`),
  )
  const missing = all.filter(({ name, file }) => !described.includes(`${file}: ${name}`))
  expect(missing.map(({ name }) => name)).toEqual(withoutSchema)
})

/** An adapter's option that differs from the endpoint's: Nest makes tokens from its own options where none are given. */
const ofAnotherKind = ['packages/nestjs/README.md: tokens']

interface Row {
  readonly names: readonly string[]
  readonly absent: string
  readonly text: string
}

/** The rows of a page's tables that have a column "default", which is followed by what the option does. */
function optionRows(page: string): Row[] {
  let column = -1
  return readTracked(page)
    .split('\n')
    .flatMap((line) => {
      const cells = line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim())
      if (cells.length === 0) column = -1
      else if (column < 0) column = cells.indexOf('default')
      else if (column > 0) {
        const names = [...(cells[0] ?? '').matchAll(/`(?:\w+\.)?([\w-]+)`/g)].map(([, name = '']) => name)
        const text = (cells.at(-1) ?? '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        return [{ names, absent: cells[column] ?? '', text }]
      }
      return []
    })
}

describe.each(describedOptions)('$name', ({ interfaces, pages, options }) => {
  const docstrings = interfaces.map(({ file, name }) => docstringsOf(file, name))

  test.each(interfaces.length > 0 ? options : [])(
    'the docstring of $name says something else than its schema',
    ({ name, description, absent }) => {
      const texts = docstrings.flatMap((members) => members.get(name)?.text ?? [])
      expect(texts).not.toEqual([])
      for (const text of texts) {
        expect(text.slice(0, description.length)).toBe(description)
        const says = text.replace(/\{@link (\w+)\}/g, '$1').replaceAll('`', '')
        const theDefault = says.slice(says.indexOf('Default'))
        if (/^(none|required.*|)$/.test(absent)) expect(says).not.toMatch(/Default:? (?!none)/)
        else expect(theDefault).toContain(absent.replaceAll('`', '').replace(/ m?s$/, ''))
      }
    },
  )

  test.each(pages)('a row of %s says something else than its schema', (page) => {
    const rows = optionRows(page)
    const tabled = options.filter((option) => !ofAnotherKind.includes(`${page}: ${option.name}`))
    for (const { name, description, absent } of tabled) {
      const found = rows.filter(({ names }) => names.includes(name))
      const right = found.filter((row) => row.absent === absent && row.text.startsWith(description))
      if (right.length === 0) expect(found).toEqual([{ names: [name], absent, text: description }])
    }
    expect(tabled.length).toBeGreaterThan(0)
  })
})
