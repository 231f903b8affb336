import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { describe, expect, inject, test } from 'vitest'
import { repository } from '../../src/markdown.js'
import { sourceFiles } from '../../src/source-files.js'

/** Copies packages and what they depend on out of an installation. */
async function copyInto(folder: string, names: Iterable<string>): Promise<void> {
  const all = new Set(names)
  for (const name of all) {
    const from = join(inject('npmFolder'), 'node_modules', name)
    const to = join(folder, 'node_modules', name)
    await cp(from, to, { recursive: true, dereference: true })
    const { dependencies = {} } = JSON.parse(await readFile(join(to, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>
    }
    for (const dependency of Object.keys(dependencies)) all.add(dependency)
  }
}

/** Runs a program of `conformance/fixtures` beside an installation of core and more. Returns what it complains of. */
async function complaintsOf(
  program: readonly [file: string, ...args: string[]],
  {
    by = [process.execPath],
    packages = [],
    env = {},
  }: { by?: readonly [string, ...string[]]; packages?: string[]; env?: Record<string, string> } = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-files-gone-'))
  const [command, ...args] = by
  const [file] = program
  try {
    await copyInto(folder, ['@tesouro-tokens/core', ...packages])
    await cp(join(repository, 'conformance/fixtures', file), join(folder, file))
    const options = { cwd: folder, env: { PATH: process.env.PATH, ...env }, timeout: 240_000 }
    const { stderr } = await promisify(execFile)(command, [...args, ...program], options)
    return stderr
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('a deploy that replaces the files under a running process breaks what is used first', async () => {
  expect(await complaintsOf(['without-files.mjs'])).toBe('')
})

test('what failed while the files were moved away goes on failing when they are back', async () => {
  expect(await complaintsOf(['files-away-and-back.mjs', 'none'])).toBe('')
})

describe.skipIf(redisIsMissing())(
  'files that are moved away and back break what uses Redis, or its client',
  () => {
    test.each(['redis', 'ioredis'] as const)('with %s', async (client) => {
      await using redis = await startRedis()
      const packages = ['@tesouro-tokens/redis', client]
      const env = { REDIS_URL: redis.url }
      expect(await complaintsOf(['files-away-and-back.mjs', client], { packages, env })).toBe('')
    })
  },
)

test('a process that has used up its descriptors fails for good what it tries for the first time', async () => {
  const limited = ['sh', '-c', 'ulimit -n 128 && exec "$0" "$@"', process.execPath] as const
  expect(await complaintsOf(['without-descriptors.mjs'], { by: limited })).toBe('')
})

test.each(['core', 'express', 'nestjs', 'next', 'redis'] as const)(
  'a part of packages/%s is loaded late, where it can fail, and a Node that failed once never tries again',
  (name) => {
    const late = sourceFiles(name).filter(({ loadsLate }) => loadsLate)
    expect(late.map(({ path }) => path)).toEqual([])
  },
)
