import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/**
 * Browser tests mostly wait for tokens to age, so that three files can run at once even on few processors. Files share
 * one browser.
 */
const config: ViteUserConfig = defineConfig({
  ...base,
  test: {
    ...base.test,
    globalSetup: 'test/world/one-browser.ts',
    maxWorkers: 3,
  },
})
export default config
