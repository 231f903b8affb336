import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { repository } from '../../src/markdown.js'
import { sourceFiles } from '../../src/source-files.js'

const program = 'without-files.mjs'

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

test('a deploy that replaces the files under a running process, or a process without descriptors, breaks what is used first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-files-gone-'))
  try {
    await copyInto(folder, '@tesouro-tokens/core')
    await cp(join(repository, 'conformance/fixtures', program), join(folder, program))
    const { stderr } = await promisify(execFile)(process.execPath, [program], { cwd: folder })
    expect(stderr).toBe('')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test.each(['core', 'express', 'nestjs', 'next', 'redis'] as const)(
  'a part of packages/%s is loaded late, where it can fail, and a Node that failed once never tries again',
  (name) => {
    const late = sourceFiles(name).filter(({ loadsLate }) => loadsLate)
    expect(late.map(({ path }) => path)).toEqual([])
  },
)
