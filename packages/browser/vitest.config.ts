import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/** Each file starts a browser of its own: two at a time, and with time on a busy machine. */
const config: ViteUserConfig = defineConfig({
  ...base,
  test: { ...base.test, isolate: true, maxWorkers: 2, testTimeout: 60_000, hookTimeout: 120_000 },
})
export default config
