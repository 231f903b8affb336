import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { expect, inject, test } from 'vitest'
import { blocksOf, trackedFiles } from '../../src/markdown.js'

const printed = trackedFiles('*.md')
  .flatMap((file) => blocksOf(file))
  .filter(({ code }) => code.includes("from 'node:test'"))

test('there is no printed test to run', () => {
  expect(printed.map(({ file }) => file)).toContain('docs/testing-your-code.md')
})

test.each(printed)(
  'the test that $file prints in line $line fails where npm installed the packages',
  async ({ file, line, code }) => {
    const { code: javascript } = await transform(code, { loader: 'ts', format: 'esm', target: 'node20' })
    const name = `${file.replaceAll(/\W/g, '-')}-${line}.mjs`
    const folder = inject('npmFolder')
    await writeFile(join(folder, name), javascript)
    const said = await new Promise<string>((resolve) => {
      const env = { PATH: process.env.PATH ?? '' }
      execFile(
        process.execPath,
        ['--test', '--test-force-exit', name],
        { cwd: folder, env },
        (error, stdout) => resolve(error === null ? '' : stdout),
      )
    })
    expect(said).toBe('')
  },
)
