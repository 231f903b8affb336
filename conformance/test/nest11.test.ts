import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { behind, describeAdapter } from '../src/adapter.js'
import { repository } from '../src/markdown.js'
import { startProgram } from './packages/program.js'

// The workspace's own package has Nest 12 beside it. A copy of what is built stands below the folder that has Nest 11.
const home = join(repository, 'conformance/nest11')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(home, 'node_modules/.app-'))
  const scope = join(folder, 'node_modules/@tesouro-tokens')
  await mkdir(scope, { recursive: true })
  for (const name of ['package.json', 'dist']) {
    const from = join(repository, 'packages/nestjs', name)
    if (!existsSync(from)) throw new Error('packages/nestjs is not built: run `npx turbo run build` first')
    await cp(from, join(scope, 'nestjs', name), { recursive: true })
  }
  await symlink(join(repository, 'packages/core'), join(scope, 'core'), 'junction')
  const subject = await readFile(join(repository, 'conformance/src/adapter/subject.ts'), 'utf8')
  const { code } = await transform(subject, { loader: 'ts', format: 'cjs', target: 'node20' })
  await writeFile(join(folder, 'subject.cjs'), code)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

for (const [platform, differences] of [
  ['express', behind.bodyParser],
  ['fastify', behind.fastify],
] as const) {
  describeAdapter(
    `Nest 11 in CommonJS on ${platform}`,
    async ({ scenario, env }) => {
      const program = await startProgram({
        folder,
        file: `${platform}-${scenario}.cjs`,
        code: await readFile(join(home, 'app.ts'), 'utf8'),
        env: { ...env, PLATFORM: platform, SCENARIO: scenario },
      })
      return {
        url: `${program.address}/api/tesouro/widget-token`,
        close: async () => program[Symbol.asyncDispose](),
      }
    },
    differences,
  )
}

test('another Nest than 11 is tested', async () => {
  const manifest = await readFile(join(home, 'node_modules/@nestjs/core/package.json'), 'utf8')
  expect(JSON.parse(manifest)).toMatchObject({ version: expect.stringMatching(/^11\./) })
})
