import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { behind, describeAdapter } from '../src/adapter.js'
import { repository } from '../src/markdown.js'
import { besideNest11, nest11 } from '../src/nest11.js'
import { startProgram } from './packages/program.js'

let folder: string
let remove: () => Promise<void>

beforeAll(async () => {
  ;({ folder, remove } = await besideNest11())
  const subject = await readFile(join(repository, 'conformance/src/adapter/subject.ts'), 'utf8')
  const { code } = await transform(subject, { loader: 'ts', format: 'cjs', target: 'node20' })
  await writeFile(join(folder, 'subject.cjs'), code)
})
afterAll(() => remove())

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
        code: await readFile(join(nest11, 'app.ts'), 'utf8'),
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
  const manifest = await readFile(join(nest11, 'node_modules/@nestjs/core/package.json'), 'utf8')
  expect(JSON.parse(manifest)).toMatchObject({ version: expect.stringMatching(/^11\./) })
})
