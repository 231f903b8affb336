import { mergeConfig } from 'vitest/config'
import base from '../../vitest.base.js'

// Servers that do not answer are waited for by some tests, several seconds each on a busy machine.
export default mergeConfig(base, { test: { testTimeout: 90_000 } })
