import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, inject, test } from 'vitest'

// What an application loads, in bytes, minified and gzipped, with everything that core exports. The page's side has its
// limit in packages/browser/test/size.test.ts.
const limits = [
  { of: 'core on Node', limit: 78_000, platform: 'node', conditions: ['node'] },
  { of: 'core in a worker', limit: 80_200, platform: 'neutral', conditions: ['workerd', 'worker'] },
] as const

test.each(limits)('$of is larger than $limit bytes', async ({ limit, platform, conditions }) => {
  const { outputFiles } = await build({
    stdin: { contents: "export * from '@tesouro-tokens/core'", resolveDir: inject('npmFolder') },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    platform,
    conditions: [...conditions],
    mainFields: ['module', 'main'],
  })
  const [output] = outputFiles
  const bytes = gzipSync(output?.contents ?? '', { level: 9 }).length
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThanOrEqual(limit)
})
