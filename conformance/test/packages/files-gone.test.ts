import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { repository } from '../../src/markdown.js'
import { sourceFiles } from '../../src/source-files.js'

/** Copies a package and what it depends on out of an installation. */
async function copyInto(folder: string, name: string): Promise<void> {
  const from = join(inject('npmFolder'), 'node_modules', name)
  const to = join(folder, 'node_modules', name)
  await cp(from, to, { recursive: true, dereference: true })
  const { dependencies = {} } = JSON.parse(await readFile(join(to, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
  }
  await Promise.all(Object.keys(dependencies).map((dependency) => copyInto(folder, dependency)))
}

/** Runs a program of `conformance/fixtures` beside an installation of core. Returns what it complains of. */
async function complaintsOf(program: string, run: readonly [string, ...string[]]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-files-gone-'))
  const [command, ...args] = run
  try {
    await copyInto(folder, '@tesouro-tokens/core')
    await cp(join(repository, 'conformance/fixtures', program), join(folder, program))
    const { stderr } = await promisify(execFile)(command, [...args, program], { cwd: folder })
    return stderr
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('a deploy that replaces the files under a running process breaks what is used first', async () => {
  expect(await complaintsOf('without-files.mjs', [process.execPath])).toBe('')
})

test('a process that has used up its descriptors fails for good what it tries for the first time', async () => {
  const limited = ['sh', '-c', 'ulimit -n 128 && exec "$0" "$@"', process.execPath] as const
  expect(await complaintsOf('without-descriptors.mjs', limited)).toBe('')
})

test.each(['core', 'express', 'nestjs', 'next', 'redis'] as const)(
  'a part of packages/%s is loaded late, where it can fail, and a Node that failed once never tries again',
  (name) => {
    const late = sourceFiles(name).filter(({ loadsLate }) => loadsLate)
    expect(late.map(({ path }) => path)).toEqual([])
  },
)
