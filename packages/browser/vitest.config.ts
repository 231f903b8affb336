import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { browserIsMissing } from '../../conformance/src/chromium.js'
import base from '../../vitest.base.js'

// What runs in pages is counted there (test/world/coverage.ts). Where there is no browser, there is nothing to hold to.
const { thresholds, ...rest } = base.test?.coverage ?? {}
const coverage = { ...rest, provider: 'istanbul' as const, ...(!browserIsMissing() && { thresholds }) }
/** Files share one browser: two at a time. */
const config: ViteUserConfig = defineConfig({
  ...base,
  test: { ...base.test, globalSetup: 'test/world/one-browser.ts', maxWorkers: 2, coverage },
})
export default config
