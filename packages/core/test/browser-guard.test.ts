import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const message = 'runs on the server only, because it holds your secrets. In the page, ask your own endpoint'

/** Ways in which client code can import core. */
const imports = {
  'by name': "import { createTesouroTokens } from '@tesouro-tokens/core'\nconsole.log(createTesouroTokens)",
  'as a namespace': "import * as core from '@tesouro-tokens/core'\nconsole.log(core)",
  'for its effect': "import '@tesouro-tokens/core'",
  'at run time': "console.log(await import('@tesouro-tokens/core'))",
  'by passing it on': "export * from '@tesouro-tokens/core'",
}

let folder = ''
beforeAll(() => {
  expect(existsSync(join(packageFolder, 'dist/browser.js')), 'the package is built').toBe(true)
  folder = mkdtempSync(join(tmpdir(), 'tesouro-guard-'))
  mkdirSync(join(folder, 'node_modules/@tesouro-tokens'), { recursive: true })
  symlinkSync(packageFolder, join(folder, 'node_modules/@tesouro-tokens/core'), 'dir')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function entry(name: string, code: string): string {
  const path = join(folder, `${name.replaceAll(' ', '-')}.js`)
  writeFileSync(path, code)
  return path
}

async function failureOf(building: Promise<unknown>): Promise<string> {
  return building.then(
    () => 'the bundle was built',
    (error: unknown) => String(error),
  )
}

describe.each(Object.entries(imports))('a client bundle that imports core %s', (name, code) => {
  it('is not built by esbuild, which says why', async () => {
    const building = esbuild.build({
      entryPoints: [entry(`esbuild ${name}`, code)],
      bundle: true,
      write: false,
      platform: 'browser',
      format: 'esm',
      logLevel: 'silent',
    })
    expect(await failureOf(building)).toContain(message)
  })

  it('is not built by Vite, which says why', async () => {
    const building = build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, rollupOptions: { input: entry(`vite ${name}`, code) } },
    })
    expect(await failureOf(building)).toContain(message)
  })
})

describe('the guard', () => {
  it('keeps no server bundle from being built', async () => {
    const entryPoint = entry('server', imports['by name'])
    for (const conditions of [['node'], ['workerd'], ['edge-light']]) {
      const built = await esbuild.build({
        entryPoints: [entryPoint],
        bundle: true,
        write: false,
        platform: conditions[0] === 'node' ? 'node' : 'neutral',
        conditions,
        format: 'esm',
        logLevel: 'silent',
      })
      expect(built.outputFiles[0]?.text).not.toContain(message)
    }
  })
})
