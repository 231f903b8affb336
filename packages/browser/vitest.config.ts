import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/** Each file starts a browser of its own: two at a time. */
const config: ViteUserConfig = defineConfig({
  ...base,
  test: { ...base.test, isolate: true, maxWorkers: 2 },
})
export default config
