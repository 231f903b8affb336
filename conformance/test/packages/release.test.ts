import { execFile } from 'node:child_process'
import { appendFile, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { repository } from '../../src/markdown.js'
import { publicPackages } from './set-up.js'

interface Entry {
  readonly name: string
  readonly version: string
  readonly tarball: string
  readonly sbom: string
}
interface Bill {
  readonly bomFormat: string
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } }
  readonly components: readonly { readonly name: string; readonly purl: string; readonly hashes?: object[] }[]
}

const script = (name: string, ...args: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, [join(repository, 'scripts', name), ...args])

let folder = ''
let release: Entry[] = []

// The tarballs that every other test here has installed: what is published is what was tested.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tesouro-release-'))
  for (const tarball of Object.values(inject('tarballs'))) {
    await copyFile(tarball, join(folder, basename(tarball)))
  }
  await script('release.mjs', folder, 'bills')
  release = JSON.parse(await readFile(join(folder, 'release.json'), 'utf8')) as Entry[]
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a release leaves a package out, or publishes one before what it depends on', () => {
  const names = release.map(({ name }) => name.slice('@tesouro-tokens/'.length))
  expect(names.toSorted()).toEqual(publicPackages.toSorted())
  for (const adapter of ['express', 'nestjs', 'next', 'redis', 'sandbox']) {
    expect(names.indexOf(adapter)).toBeGreaterThan(names.indexOf('core'))
  }
  expect(names.indexOf('cli')).toBeGreaterThan(names.indexOf('redis'))
})

test('a bill of materials is of another package, or misses what is installed with it', async () => {
  for (const { name, version, sbom } of release) {
    const text = await readFile(join(folder, sbom), 'utf8')
    const bill = JSON.parse(text) as Bill
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name, version } } })
    const manifest = join(inject('npmFolder'), 'node_modules', name, 'package.json')
    const { dependencies = {} } = JSON.parse(await readFile(manifest, 'utf8')) as { dependencies?: object }
    const listed = bill.components.map(({ purl }) =>
      decodeURIComponent(purl).replace(/^pkg:npm\/(.+)@.*$/, '$1'),
    )
    expect(listed).toEqual(expect.arrayContaining(Object.keys(dependencies)))
    const foreign = bill.components.filter(({ purl }) => !purl.includes('tesouro-tokens'))
    expect(foreign.filter(({ hashes = [] }) => hashes.length === 0)).toEqual([])
    expect(text).not.toMatch(/file:|\/tmp\/|localhost:/)
  }
})

test('a release cannot be published', async () => {
  const { stdout } = await script('publish.mjs', folder, '--dry-run')
  expect(stdout.match(/: would be published$/gm)).toHaveLength(publicPackages.length)
})

test('a tarball or a bill that was changed after its test is published', async () => {
  const [first, second] = release
  await appendFile(join(folder, `${first?.tarball}`), 'x')
  await appendFile(join(folder, `${second?.sbom}`), ' ')
  await expect(script('publish.mjs', folder, '--dry-run')).rejects.toMatchObject({
    stderr: expect.stringMatching(
      new RegExp(`${first?.tarball} is not the file [\\s\\S]*${second?.sbom} is not the file `),
    ),
  })
})
