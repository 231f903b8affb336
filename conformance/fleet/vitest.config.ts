import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/** Each test starts processes of its own: one file at a time, or they take the machine from one another. */
const config: ViteUserConfig = defineConfig({
  ...base,
  test: { ...base.test, fileParallelism: false },
})
export default config
