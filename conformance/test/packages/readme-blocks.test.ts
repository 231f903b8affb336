import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { type Block, blocksOf, readTracked, repository, trackedFiles } from '../../src/markdown.js'
import { complaints } from '../../src/tsc.js'
import { printedFiles } from './next-program.js'
import { usesRecipeClient } from './recipe-clients.js'

const pages = trackedFiles('*.md')
/** What they print runs in browsers. */
const aboutPages = ['docs/in-the-page.md', 'packages/browser/README.md']
/** Blocks that are files of one application: packages/next/test/quick-start and conformance/frameworks compile them as such. */
const nextSkill = 'packages/next/skills/add-widget-tokens/SKILL.md'
const applications = ['packages/next/README.md', nextSkill, 'docs/frameworks.md', 'docs/sessions.md']
const standingAlone = pages.filter((page) => ![...applications, ...aboutPages].includes(page))
const sources = trackedFiles('packages/*/src/*.ts').filter((file) => !file.startsWith('packages/browser/'))

/** What the compiler says, under the page's name and line instead of the file's that was made of the block. */
async function problemsOf(name: string, blocks: Block[], compilerOptions: object): Promise<string> {
  expect(blocks.length).toBeGreaterThan(5)
  const said = await complaints({
    folder: inject('npmFolder'),
    name,
    // each a module of its own, whatever is in it
    files: Object.fromEntries(blocks.map(({ code }, index) => [`block-${index}.ts`, `${code}\nexport {}\n`])),
    compilerOptions: {
      lib: ['ES2023', 'ESNext.Disposable'],
      types: ['node'],
      skipLibCheck: true,
      experimentalDecorators: true,
      ...compilerOptions,
    },
  })
  return said.replaceAll(/^block-(\d+)\.ts\((\d+),/gm, (_, index: string, line: string) => {
    const block = blocks[Number(index)]
    return `${block?.file}:${(block?.line ?? 0) + Number(line) - 1} (`
  })
}

test('a page prints TypeScript that does not compile', async () => {
  const blocks = standingAlone.flatMap((file) => blocksOf(file)).filter((block) => !usesRecipeClient(block))
  const alone = blocks.filter(({ file, code }) => file !== 'docs/start.md' || !code.startsWith('// '))
  expect(await problemsOf('pages', alone, {})).toBe('')
})

/** The application's own, which the page only describes. */
const ownSession = {
  'lib/session.ts':
    "import type { TesouroUser } from '@tesouro-tokens/next'\nexport declare function currentUser(): Promise<TesouroUser | null>\n",
}

test.each([
  ['docs/start.md', 6, {}],
  [nextSkill, 4, ownSession],
] as const)('the Next.js application of %s does not compile', async (page, count, own) => {
  const printed = printedFiles(page)
  expect(Object.keys(printed)).toHaveLength(count)
  const said = await complaints({
    folder: inject('npmFolder'),
    name: `types-${page.replaceAll(/\W/g, '-')}`,
    files: { ...own, ...printed },
    compilerOptions: {
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['ES2023', 'DOM'],
      types: ['node'],
      skipLibCheck: true,
      paths: { '@/*': ['./*'] },
    },
  })
  expect(said).toBe('')
})

test('what a page prints for browsers does not compile', async () => {
  const files = [...aboutPages, ...trackedFiles('packages/browser/src/*.ts')]
  const named = (language: string): [string, string][] =>
    files
      .flatMap((file) => blocksOf(file, language))
      .map(({ file, line, code }) => [
        `${file.replaceAll('/', '-')}-${line}.${language}`,
        `${code}\nexport {}\n`,
      ])
  const said = await complaints({
    folder: inject('npmFolder'),
    name: 'in-the-page',
    files: {
      'vendor.d.ts': readTracked('conformance/fixtures/types/vendor.d.ts'),
      ...Object.fromEntries([...named('ts'), ...named('tsx')]),
    },
    compilerOptions: {
      module: 'esnext',
      moduleResolution: 'bundler',
      jsx: 'react-jsx',
      lib: ['ES2023', 'DOM', 'DOM.Iterable'],
      types: [],
      skipLibCheck: true,
    },
  })
  expect(said).toBe('')
})

test('an example in a comment does not compile', async () => {
  expect(
    await problemsOf(
      'examples',
      sources.flatMap((file) => blocksOf(file)),
      {},
    ),
  ).toBe('')
})

test('a page links to a file that is not there', () => {
  const broken = pages.flatMap((page) => {
    const links = [...readTracked(page).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)]
    return links
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(repository, dirname(page), target)))
      .map((target) => `${page}: ${target}`)
  })
  expect(broken).toEqual([])
})
