import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundlePackage } from './world/bundle.js'

test('the whole package is larger than 2 KB in a page, minified and gzipped', async () => {
  expect(gzipSync(await bundlePackage(), { level: 9 }).length).toBeLessThanOrEqual(2048)
})
