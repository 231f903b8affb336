import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/** Browser tests mostly wait for tokens to age, so that several files can run at once even on few processors. */
const config: ViteUserConfig = defineConfig({ ...base, test: { ...base.test, maxWorkers: 3 } })
export default config
