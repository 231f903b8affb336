import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/** These tests mostly wait for Redis's clock: more of them than there are cores may do so at once. */
const coverage = { ...base.test?.coverage, thresholds: { lines: 98, branches: 94 } }
const config: ViteUserConfig = defineConfig({ ...base, test: { ...base.test, maxWorkers: 4, coverage } })
export default config
