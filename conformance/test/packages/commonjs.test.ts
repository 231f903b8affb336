import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { transform } from 'esbuild'
import { describe, expect, inject, test } from 'vitest'
import { blocksOf, repository } from '../../src/markdown.js'

const runners = join(repository, 'conformance/jest')
const tool = (path: string): string => createRequire(join(runners, 'package.json')).resolve(path)
const suite = (file: string): Promise<string> => readFile(join(runners, 'suite', file), 'utf8')

/** Starts a script of Node's in a project of its own; gives what it said if it failed, else nothing. */
async function complaintsOf(project: {
  name: string
  files: Readonly<Record<string, string>>
  run: readonly string[]
}): Promise<string> {
  const folder = join(inject('commonjsFolder'), project.name)
  await mkdir(join(folder, 'src'), { recursive: true })
  for (const [file, text] of Object.entries(project.files)) await writeFile(join(folder, file), text)
  const env = { PATH: process.env.PATH ?? '', CI: '1' }
  return new Promise((resolve) => {
    execFile(process.execPath, [...project.run], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve(error === null ? '' : `${error.message}\n${stdout}\n${stderr}`),
    )
  })
}

// Five seconds, as by default, are too few where a busy machine gives a test a twentieth of a processor.
const jest = [tool('jest/bin/jest'), '--testTimeout=600000']
const wrapped = `import { useEverything } from './tokens'\ntest('everything', useEverything)\n`
const manifest = (jestOptions: object): string => JSON.stringify({ name: 'app', jest: jestOptions })
const swcrc = '{ "jsc": { "target": "es2022", "parser": { "syntax": "typescript" } } }'
const toCommonjs = async (code: string): Promise<string> =>
  (await transform(code, { loader: 'ts', format: 'cjs', target: 'node20' })).code

test('a suite that fakes its timers with jest waits for ever', async () => {
  const faked = `import { callInARow } from './fake-timers'
beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())
test('calls in a row', callInARow)`
  const files = {
    'package.json': manifest({}),
    'src/fake-timers.js': await toCommonjs(await suite('fake-timers.ts')),
    'src/fake-timers.test.js': await toCommonjs(faked),
  }
  expect(await complaintsOf({ name: 'fake-timers', files, run: jest })).toBe('')
})

describe("a newcomer's suite breaks at the import", () => {
  test('of jest as it comes, in JavaScript', async () => {
    const files = {
      'package.json': manifest({}),
      'src/tokens.js': await toCommonjs(await suite('tokens.ts')),
      'src/tokens.test.js': await toCommonjs(wrapped),
    }
    expect(await complaintsOf({ name: 'plain', files, run: jest })).toBe('')
  })

  test('of ts-jest, in a CommonJS package', async () => {
    const options = {
      module: 'commonjs',
      esModuleInterop: true,
      strict: true,
      skipLibCheck: true,
      target: 'ES2022',
    }
    const files = {
      'package.json': manifest({ transform: { '\\.ts$': tool('ts-jest') } }),
      'tsconfig.json': JSON.stringify({ compilerOptions: options }),
      'src/tokens.ts': await suite('tokens.ts'),
      'src/tokens.test.ts': wrapped,
    }
    expect(await complaintsOf({ name: 'ts-jest', files, run: jest })).toBe('')
  })

  test('of @swc/jest', async () => {
    const files = {
      'package.json': manifest({ transform: { '\\.ts$': tool('@swc/jest') } }),
      '.swcrc': swcrc,
      'src/tokens.ts': await suite('tokens.ts'),
      'src/tokens.test.ts': wrapped,
    }
    expect(await complaintsOf({ name: 'swc', files, run: jest })).toBe('')
  })

  test('of @swc/jest, as docs/testing-your-code.md prints it', async () => {
    const recipe = blocksOf('docs/testing-your-code.md').find(({ code }) => code.includes('@jest/globals'))
    const files = {
      'package.json': manifest({ transform: { '\\.ts$': tool('@swc/jest') } }),
      '.swcrc': swcrc,
      'src/recipe.test.ts': recipe?.code ?? 'the page has no recipe for Jest',
    }
    expect(await complaintsOf({ name: 'recipe', files, run: jest })).toBe('')
  })

  test('of an application that `nest new` made, with the settings that it comes with', async () => {
    const files = {
      'package.json': manifest({
        moduleFileExtensions: ['js', 'json', 'ts'],
        rootDir: 'src',
        testRegex: '.*\\.spec\\.ts$',
        transform: { '^.+\\.(t|j)s$': tool('ts-jest') },
        testEnvironment: 'node',
      }),
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          moduleResolution: 'nodenext',
          resolvePackageJsonExports: true,
          esModuleInterop: true,
          isolatedModules: true,
          emitDecoratorMetadata: true,
          experimentalDecorators: true,
          target: 'ES2023',
          skipLibCheck: true,
          strictNullChecks: true,
        },
      }),
      'src/app.spec.ts': await suite('nest.ts'),
    }
    expect(await complaintsOf({ name: 'nest', files, run: jest })).toBe('')
  })

  test('of vitest', async () => {
    const files = {
      'package.json': manifest({}),
      'src/tokens.ts': await suite('tokens.ts'),
      'src/tokens.test.ts': wrapped,
    }
    const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
    expect(
      await complaintsOf({
        name: 'vitest',
        files,
        run: [vitest, 'run', '--globals', '--testTimeout=600000'],
      }),
    ).toBe('')
  })

  test.each(['cjs', 'mjs'] as const)('of node --test, in a .%s file', async (extension) => {
    const code = `import test from 'node:test'\n${await suite('tokens.ts')}\ntest('everything', useEverything)`
    const { code: javascript } = await transform(code, {
      loader: 'ts',
      format: extension === 'cjs' ? 'cjs' : 'esm',
      target: 'node20',
    })
    const files = { 'package.json': manifest({}), [`src/tokens.test.${extension}`]: javascript }
    const run = ['--test', '--test-force-exit', `src/tokens.test.${extension}`]
    expect(await complaintsOf({ name: `node-${extension}`, files, run })).toBe('')
  })
})

test('a running Node gets two copies of a package, and what one of them made is foreign to the other', async () => {
  const files = {
    'package.json': manifest({}),
    'one.cjs': `
      const assert = require('node:assert/strict')
      const required = require('@tesouro-tokens/core')
      import('@tesouro-tokens/core').then((imported) => {
        assert.equal(required.createTesouroTokens, imported.createTesouroTokens)
        assert.equal(required.TesouroTokens, require('@tesouro-tokens/nestjs').TesouroTokens)
        assert.equal(require.resolve('@tesouro-tokens/core').includes('cjs'), false)
      })`,
  }
  expect(await complaintsOf({ name: 'one-copy', files, run: ['one.cjs'] })).toBe('')
})

test("core is loaded in jest's jsdom environment, which is a browser, and nothing says so", async () => {
  const files = {
    // the condition that jsdom sets, without jsdom
    'package.json': manifest({ testEnvironmentOptions: { customExportConditions: ['browser'] } }),
    'src/core.test.js': `test('it', () => { require('@tesouro-tokens/core') })`,
  }
  const complaints = await complaintsOf({ name: 'jsdom', files, run: jest })
  expect(complaints).toContain('tesouro-tokens runs on the server only')
  expect(complaints).toContain('choose the node environment')
})
