import { gzipSync } from 'node:zlib'
import { expect, inject, test } from 'vitest'

test('the whole package is larger than 2 KB in a page, minified and gzipped', async () => {
  expect(gzipSync(inject('bundle').code, { level: 9 }).length).toBeLessThanOrEqual(2048)
})
