import { mergeConfig } from 'vitest/config'
import base from '../../vitest.base.js'

// On the way to what every package has.
export default mergeConfig(base, { test: { coverage: { thresholds: { branches: 92 } } } })
