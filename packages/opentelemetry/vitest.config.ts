import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

const config: ViteUserConfig = defineConfig(base)
export default config
