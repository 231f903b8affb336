import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/** Libraries that answer requests in a test's place put themselves into Node's own modules: other files must not see them. */
const config: ViteUserConfig = defineConfig({ ...base, test: { ...base.test, isolate: true } })
export default config
