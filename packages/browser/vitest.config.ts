import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/** Files share one browser: two at a time. */
const config: ViteUserConfig = defineConfig({
  ...base,
  test: { ...base.test, globalSetup: 'test/world/one-browser.ts', maxWorkers: 2 },
})
export default config
