import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeNext } from '../src/adapter/next.js'
import { repository } from '../src/markdown.js'
import { buildNext, startNext } from '../src/next-application.js'

// The workspace's own package has Next 16 beside it. The same endpoints stand below the folder that has Next 15.
const home = join(repository, 'conformance/next15')
const endpoints = [
  'app/layout.js',
  'app/api/edge/[scenario]',
  'app/api/route/[scenario]',
  'pages/api/pages/[scenario]',
  'pages/api/pages-unparsed',
  'lib/scenario.js',
  'next.config.mjs',
]
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(home, 'node_modules/.app-'))
  for (const path of endpoints) {
    await cp(join(repository, 'packages/next/test/app', path), join(folder, path), { recursive: true })
  }
  const scope = join(folder, 'node_modules/@tesouro-tokens')
  await mkdir(scope, { recursive: true })
  for (const name of ['package.json', 'dist']) {
    await cp(join(repository, 'packages/next', name), join(scope, 'next', name), { recursive: true })
  }
  await symlink(join(repository, 'packages/core'), join(scope, 'core'), 'junction')
  await symlink(join(repository, 'conformance'), join(scope, 'conformance'), 'junction')
  const { ok, output } = await buildNext(folder)
  if (!ok) throw new Error(`next build failed:\n${output}`)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describeNext('Next 15', (env) => startNext(folder, env))

test('another Next than 15 is tested', async () => {
  const manifest = await readFile(join(home, 'node_modules/next/package.json'), 'utf8')
  expect(JSON.parse(manifest)).toMatchObject({ version: expect.stringMatching(/^15\./) })
})
