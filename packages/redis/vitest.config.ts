import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/** These tests mostly wait for Redis's clock: more of them than there are cores may do so at once. */
const config: ViteUserConfig = defineConfig({ ...base, test: { ...base.test, maxWorkers: 4 } })
export default config
