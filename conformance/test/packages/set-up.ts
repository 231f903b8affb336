// Packs the public packages as they would be published and installs them outside the workspace: once by npm, with
// everything that READMEs tell to install, once by npm with what is CommonJS or both, and once by pnpm, whose node_modules
// hold nothing but what was asked for.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Tarballs by package folder. */
    tarballs: Record<PublicPackage, string>
    /** Where npm installed everything. */
    npmFolder: string
    /** Where npm installed what applications in CommonJS use: Express, and Nest 11. */
    commonjsFolder: string
    /** Where pnpm installed the Express package, Express, a session library and the sandbox. */
    pnpmFolder: string
  }
}

export const publicPackages = [
  'browser',
  'cli',
  'core',
  'express',
  'nestjs',
  'next',
  'opentelemetry',
  'redis',
  'sandbox',
] as const
export type PublicPackage = (typeof publicPackages)[number]

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tesouro-packed-')))
  const removeAll = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const tarballs = await packAll(folder)
    const [npmFolder, commonjsFolder, pnpmFolder] = await Promise.all([
      installWithNpm(join(folder, 'npm'), tarballs),
      installForCommonjs(join(folder, 'commonjs'), tarballs),
      installWithPnpm(join(folder, 'pnpm'), tarballs),
    ])
    project.provide('tarballs', tarballs)
    project.provide('npmFolder', npmFolder)
    project.provide('commonjsFolder', commonjsFolder)
    project.provide('pnpmFolder', pnpmFolder)
  } catch (error) {
    await removeAll()
    throw error
  }
  return removeAll
}

/** What a release would publish; or, with `RELEASE_FOLDER`, what scripts/release.mjs has made there and will be published. */
async function packAll(folder: string): Promise<Record<PublicPackage, string>> {
  const made = process.env.RELEASE_FOLDER ?? ''
  const tarballs = made === '' ? folder : resolve(root, made)
  if (made === '') {
    const missing = publicPackages.filter(
      (name) => !existsSync(join(root, 'packages', name, 'dist/index.js')),
    )
    if (missing.length > 0) {
      throw new Error(`not built: packages/${missing.join(', packages/')}: run \`npx turbo run build\` first`)
    }
    await run(process.execPath, [join(root, 'scripts/release.mjs'), folder, 'tarballs'])
  }
  const files = await readdir(tarballs)
  const entries = publicPackages.map((name) => {
    const own = files.filter((file) => new RegExp(`^tesouro-tokens-${name}-\\d.*\\.tgz$`).test(file))
    if (own.length !== 1) throw new Error(`${tarballs} has ${own.length} tarballs of ${name}`)
    return [name, join(tarballs, `${own[0]}`)] as const
  })
  return Object.fromEntries(entries) as Record<PublicPackage, string>
}

async function installWithNpm(folder: string, tarballs: Record<PublicPackage, string>): Promise<string> {
  await start(folder, {})
  const others = await sameVersions([
    ['packages/express', 'express'],
    ['packages/express', 'express-session'],
    ['packages/express', '@types/express'],
    ['packages/express', '@types/express-session'],
    ['packages/express', '@types/node'],
    ['packages/nestjs', '@nestjs/common'],
    ['packages/nestjs', '@nestjs/config'],
    ['packages/nestjs', '@nestjs/core'],
    ['packages/nestjs', '@nestjs/platform-express'],
    ['packages/nestjs', '@nestjs/terminus'],
    ['packages/nestjs', '@nestjs/testing'],
    ['packages/nestjs', 'reflect-metadata'],
    ['packages/nestjs', 'rxjs'],
    ['packages/next', 'next'],
    ['packages/next', 'react'],
    ['packages/next', 'react-dom'],
    ['packages/next', '@types/react'],
    ['examples/next', 'iron-session'],
    ['packages/opentelemetry', '@opentelemetry/api'],
    ['packages/redis', 'ioredis'],
    ['packages/redis', 'redis'],
    ['conformance', '@hono/node-server'],
  ])
  await npmInstall(folder, [...Object.values(tarballs), ...others])
  await linkCompilerOfNext(folder)
  await linkTelemetry(folder)
  return folder
}

async function installForCommonjs(folder: string, tarballs: Record<PublicPackage, string>): Promise<string> {
  await start(folder, {})
  const { next: _, ...others } = tarballs
  const frameworks = await sameVersions([
    ['packages/express', 'express'],
    ['packages/express', '@types/express'],
    ['conformance/jest', '@nestjs/common'],
    ['conformance/jest', '@nestjs/core'],
    ['conformance/jest', '@nestjs/platform-express'],
    ['conformance/jest', '@nestjs/testing'],
    ['conformance/jest', 'reflect-metadata'],
    ['conformance/jest', 'rxjs'],
    ['conformance/jest', '@types/jest'],
    ['conformance/jest', '@types/node'],
  ])
  await npmInstall(folder, [...Object.values(others), ...frameworks])
  return folder
}

async function linkCompilerOfNext(folder: string): Promise<void> {
  const beside = join(await realpath(join(root, 'packages/next/node_modules/next')), '../@next')
  const compilers = (await readdir(beside)).filter((name) => name.startsWith('swc-'))
  if (compilers.length === 0) throw new Error('Next has no compiler for this machine')
  for (const name of compilers)
    await symlink(join(beside, name), join(folder, 'node_modules/@next', name), 'junction')
}

/** READMEs are only compiled with these; they are a third of all the files, and the workspace has them already. */
async function linkTelemetry(folder: string): Promise<void> {
  const names = [
    '@opentelemetry/exporter-prometheus',
    '@opentelemetry/instrumentation',
    '@opentelemetry/sdk-node',
    '@vercel/otel',
  ]
  for (const name of names) {
    const link = join(folder, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(await realpath(join(root, 'packages/opentelemetry/node_modules', name)), link, 'junction')
  }
}

async function installWithPnpm(folder: string, tarballs: Record<PublicPackage, string>): Promise<string> {
  const file = (name: PublicPackage): string => `file:${tarballs[name]}`
  const version = async (name: string): Promise<string> => {
    const wanted = await sameVersion('packages/express', name)
    return wanted.slice(wanted.lastIndexOf('@') + 1)
  }
  await start(folder, {
    dependencies: {
      '@tesouro-tokens/express': file('express'),
      '@tesouro-tokens/sandbox': file('sandbox'),
      express: await version('express'),
      'express-session': await version('express-session'),
    },
    // core is on no registry yet: whoever asks for it gets the tarball
    pnpm: { overrides: { '@tesouro-tokens/core': file('core') } },
  })
  const pnpm = join(root, 'scripts/pnpm.mjs')
  const script = `import { pnpm } from ${JSON.stringify(`file://${pnpm}`)}
pnpm(['install', '--prefer-offline', '--ignore-workspace', '--ignore-scripts'], { cwd: process.cwd() })`
  await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: folder })
  return folder
}

async function start(folder: string, manifest: object): Promise<void> {
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }))
}

/** The version that the workspace itself uses, so that a release of somebody else's changes nothing here. */
async function sameVersion(from: string, name: string): Promise<string> {
  const manifest = await readFile(join(root, from, 'node_modules', name, 'package.json'), 'utf8')
  return `${name}@${(JSON.parse(manifest) as { version: string }).version}`
}

function sameVersions(packages: readonly (readonly [from: string, name: string])[]): Promise<string[]> {
  return Promise.all(packages.map(([from, name]) => sameVersion(from, name)))
}

/** Without what is optional: Next's compiler is a large binary, and the workspace has it already. */
async function npmInstall(folder: string, packages: readonly string[]): Promise<void> {
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional']
  await npm(['install', ...options, ...packages], folder)
}

/** npm as a newcomer's shell starts it: without the settings of the pnpm that runs these tests. */
async function npm(args: string[], cwd: string): Promise<void> {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name))
  await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd,
    env: Object.fromEntries(own),
    shell: process.platform === 'win32',
  })
}
