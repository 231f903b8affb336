import { expect, test } from 'vitest'
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
    /^export interface (\w*(?:Options|Extras|Timeouts))\b[^{]*\{\n([\s\S]*?)^\}/gm,
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
