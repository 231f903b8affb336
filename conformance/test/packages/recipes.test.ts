import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { blocksOf, trackedFiles } from '../../src/markdown.js'
import { complaints } from '../../src/tsc.js'
import { recipeClients, usesRecipeClient } from './recipe-clients.js'

// What the recipes import takes 100 MB: it is installed for this test alone.
const run = promisify(execFile)
const recipes = trackedFiles('docs/*.md')
  .flatMap((file) => blocksOf(file))
  .filter(usesRecipeClient)
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tesouro-recipes-'))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const { core, sandbox } = inject('tarballs')
  const versions = Object.entries(recipeClients).map(([name, version]) => `${name}@${version}`)
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional']
  await run('npm', ['install', ...options, core, sandbox, ...versions, '@types/node@20'], { cwd: folder })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('there is no recipe to compile for what is installed here', () => {
  for (const name of Object.keys(recipeClients)) {
    expect(recipes.filter(({ code }) => code.includes(`from '${name}'`))).not.toEqual([])
  }
})

test('a recipe does not compile against what it is for', async () => {
  const files = Object.fromEntries(recipes.map(({ code }, index) => [`recipe-${index}.ts`, code]))
  const compilerOptions = { lib: ['ES2023', 'DOM', 'ESNext.Disposable'], types: ['node'], skipLibCheck: true }
  expect(await complaints({ folder, name: 'recipes', files, compilerOptions })).toBe('')
})
