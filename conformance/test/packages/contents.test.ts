import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { repository } from '../../src/markdown.js'
import { type PublicPackage, publicPackages } from './set-up.js'

/** What comes into an application with each package. A new line here is somebody's code in everybody's server. */
const dependencies: Readonly<Record<PublicPackage, readonly string[]>> = {
  browser: [],
  cli: [
    '@redis/client',
    '@tesouro-tokens/core',
    '@tesouro-tokens/redis',
    '@tesouro-tokens/sandbox',
    'commander',
    'jose',
    'picocolors',
  ],
  core: ['@noble/hashes', 'jose', 'oauth4webapi', 'tiny-lru', 'zod'],
  express: ['@tesouro-tokens/core'],
  nestjs: ['@tesouro-tokens/core'],
  next: ['@tesouro-tokens/core'],
  opentelemetry: [],
  redis: ['@tesouro-tokens/core', 'rate-limiter-flexible', 'zod'],
  sandbox: ['@tesouro-tokens/core', 'jose', 'oidc-provider', 'rate-limiter-flexible', 'zod'],
}

/** What a CommonJS build has next to its one file: the guard for browsers, and licenses where jose and others are in it. */
const besideTheBundle: Readonly<Partial<Record<PublicPackage, readonly string[]>>> = {
  core: ['LICENSES.txt', 'browser.js'],
  sandbox: ['LICENSES.txt'],
}

describe.each(publicPackages)('the tarball of %s', (name) => {
  let folder: string
  let files: string[]
  let manifest: { [name: string]: unknown }
  const read = (file: string): string => readFileSync(join(folder, 'package', file), 'utf8')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tesouro-tarball-'))
    execFileSync('tar', ['-xzf', inject('tarballs')[name], '-C', folder])
    files = filesBelow(join(folder, 'package'))
    manifest = JSON.parse(read('package.json')) as typeof manifest
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('brings something else than documents, manifest and what stands in dist', () => {
    const rest = files.filter((file) => !file.startsWith('dist/') && file !== 'CHANGELOG.md').sort()
    const bins = { cli: ['bin/tesouro-tokens.js'], sandbox: ['bin/tesouro-sandbox.js'] }
    const bin = name === 'cli' || name === 'sandbox' ? bins[name] : []
    const isAdapter = name === 'express' || name === 'nestjs' || name === 'next'
    const forAgents = isAdapter ? ['llms.txt', 'skills/add-widget-tokens/SKILL.md'] : []
    expect(rest).toEqual(['LICENSE', 'README.md', ...bin, 'package.json', ...forAgents].sort())
  })

  test('misses a module, or brings one without a source: a stale build, a test, a map', () => {
    const sources = filesBelow(join(repository, 'packages', name, 'src'))
    const expected = sources
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .map((file) => `dist/${file.slice(0, -'.ts'.length)}`)
      .flatMap((module) => [`${module}.d.ts`, `${module}.js`])
    const modules = files.filter((file) => file.startsWith('dist/') && !file.startsWith('dist/cjs/'))
    expect(modules.sort()).toEqual(expected.sort())
  })

  test('misses its CommonJS build, or brings declarations in it that are none of ours', () => {
    const built = files
      .filter((file) => file.startsWith('dist/cjs/'))
      .map((file) => file.slice('dist/cjs/'.length))
    const declarations = built.filter((file) => file.endsWith('.d.ts'))
    const others = built.filter((file) => !file.endsWith('.d.ts'))
    const bundle = name === 'cli' ? [] : ['index.js', 'package.json']
    expect(others.sort()).toEqual([...(besideTheBundle[name] ?? []), ...bundle].sort())
    const foreign = declarations.filter((file) => !files.includes(`dist/${file}`))
    expect(foreign).toEqual(besideTheBundle[name] === undefined ? [] : ['jose.d.ts'])
    expect(declarations.includes('index.d.ts')).toBe(name !== 'cli')
  })

  test('names a file that it does not contain', () => {
    const named =
      JSON.stringify([manifest.exports, manifest.imports, manifest.bin]).match(/"\.\/[^"]*"/g) ?? []
    const targets = named.map((text) => text.slice('"./'.length, -1)).filter((path) => path.includes('.'))
    expect(targets.length).toBeGreaterThan(1)
    expect(files).toEqual(expect.arrayContaining(targets))
  })

  test('depends on the workspace it came from', () => {
    const text = JSON.stringify({ ...manifest, devDependencies: undefined })
    expect(text).not.toMatch(/workspace:|catalog:|link:|file:|@tesouro-tokens\/source|"\.\/src\//)
  })

  test('brings a package that nobody decided on', () => {
    expect(Object.keys((manifest.dependencies ?? {}) as object).sort()).toEqual(dependencies[name])
    expect(manifest).not.toHaveProperty('bundledDependencies')
    expect(manifest).not.toHaveProperty('optionalDependencies')
  })

  test('is published without provenance, or runs elsewhere than its siblings', () => {
    expect(manifest).toMatchObject({
      license: 'MIT',
      type: 'module',
      engines: { node: '^20.19.0 || ^22.12.0 || >=24.0.0' },
      publishConfig: { access: 'public', provenance: true },
    })
  })

  test('runs something when it is installed', () => {
    const scripts = Object.keys((manifest.scripts ?? {}) as object)
    expect(scripts.filter((script) => /install|prepare|prepublish/.test(script))).toEqual([])
  })

  test('tells a path of the machine that built it, or refers to a source map that is not there', () => {
    const suspicious = [repository, homedir(), 'sourceMappingURL=', '/node_modules/.pnpm/']
    const found = files.flatMap((file) =>
      suspicious.filter((text) => read(file).includes(text)).map((text) => `${file}: ${text}`),
    )
    expect(found).toEqual([])
  })
})

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}
