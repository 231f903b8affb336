import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { readTracked } from '../../src/markdown.js'
import { printedProgram, startProgram, tryProgram } from './program.js'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.close())

test('the quick start does not run where npm installed the packages', async () => {
  const code = printedProgram('README.md')
  await using program = await startProgram({
    folder: inject('npmFolder'),
    file: 'quick-start.mjs',
    code,
    env: sandbox.env,
  })
  await tryProgram(program, sandbox)
})

test('CommonJS cannot require() the packages', async () => {
  const code = printedProgram('README.md')
  await using program = await startProgram({
    folder: inject('npmFolder'),
    file: 'quick-start.cjs',
    code,
    env: sandbox.env,
  })
  await tryProgram(program, sandbox)
})

// Node 22.18 and 24 run TypeScript as it is printed; `npm init` writes one type into package.json, or the other.
const runsTypescript = 'typescript' in process.features && Boolean(process.features.typescript)
const printedServers = ['README.md', 'packages/express/README.md'].flatMap((page) =>
  ['commonjs', 'module'].map((type) => ({ page, type })),
)
test.each(printedServers)(
  '$page calls its server what Node takes for CommonJS, in a $type package',
  async (printed) => {
    const { page, type } = printed
    expect(readTracked(page)).toContain('`server.mts`')
    expect(readTracked(page)).toContain('node --env-file=.env server.mts')
    const folder = join(inject('npmFolder'), `init-${type}-${page.replaceAll(/\W/g, '-')}`)
    await mkdir(folder)
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'app', type }))
    const file = runsTypescript ? 'server.mts' : 'server.mjs'
    await using program = await startProgram({ folder, file, code: printedProgram(page), env: sandbox.env })
    await tryProgram(program, sandbox)
  },
)

test("core's own page prints a program that does not run", async () => {
  const code = printedProgram('packages/core/README.md')
  await using program = await startProgram({
    folder: inject('npmFolder'),
    file: 'core.mjs',
    code,
    env: sandbox.env,
  })
  await tryProgram(program, sandbox)
})

test('the Express package needs a package that it did not bring', async () => {
  const folder = inject('pnpmFolder')
  const probe = startProgram({
    folder,
    file: 'probe.mjs',
    code: "import '@tesouro-tokens/core'",
    env: {},
  })
  await expect(probe, 'core must be out of reach, or this test shows nothing').rejects.toThrow(
    'ERR_MODULE_NOT_FOUND',
  )
  const code = printedProgram('packages/express/README.md')
  await using program = await startProgram({ folder, file: 'express.mjs', code, env: sandbox.env })
  await tryProgram(program, sandbox)
})

test.each([
  ['packages/nestjs/README.md', 'nest.mjs'],
  ['packages/nestjs/README.md', 'nest.cjs'],
  ['docs/start.md', 'quick-start-nest.mjs'],
] as const)('the NestJS package does not run what %s prints, as %s', async (page, file) => {
  const code = printedProgram(page, '@tesouro-tokens/nestjs')
  await using program = await startProgram({ folder: inject('npmFolder'), file, code, env: sandbox.env })
  await tryProgram(program, sandbox)
})

test('the installed command line does not run, or brings no version of its own', async () => {
  const { execFile } = await import('node:child_process')
  const { promisify } = await import('node:util')
  const { join } = await import('node:path')
  const command = join(inject('npmFolder'), 'node_modules/.bin/tesouro-tokens')
  const env = { PATH: process.env.PATH }
  const { stdout } = await promisify(execFile)(command, ['keygen', 'cache-key', '--json'], { env })
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, key: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect((await promisify(execFile)(command, ['--version'], { env })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('the installed sandbox is not started by its command', async () => {
  const { execFile } = await import('node:child_process')
  const { join } = await import('node:path')
  const command = join(inject('npmFolder'), 'node_modules/.bin/tesouro-sandbox')
  const folder = inject('npmFolder')
  const scoped = ['--offline', '--no', '@tesouro-tokens/sandbox', '--version']
  const version = await new Promise<string>((resolve) => {
    execFile('npx', scoped, { cwd: folder }, (error, stdout) => resolve(error?.message ?? stdout))
  })
  expect(version).toMatch(/^\d+\.\d+\.\d+\n$/)
  const flags = ['--seed', 'dev', '--write-env', join(folder, '.env.of-the-sandbox'), '--port', '0']
  const child = execFile(command, flags, { env: { PATH: process.env.PATH } })
  try {
    const said = await new Promise<string>((resolve, reject) => {
      let text = ''
      child.stdout?.on('data', (more: string) => {
        text += more
        if (text.includes('TESOURO_WIDGET_SECRET')) resolve(text)
      })
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)))
    })
    expect(said).toContain('TESOURO_CLIENT_ID')
  } finally {
    child.kill()
  }
})
