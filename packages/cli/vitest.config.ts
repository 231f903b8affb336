import { mergeConfig } from 'vitest/config'
import base from '../../vitest.base.js'

export default mergeConfig(base, {
  test: {
    // Servers that do not answer are waited for by some tests, several seconds each on a busy machine.
    testTimeout: 90_000,
    coverage: { thresholds: { lines: 93, branches: 80 } }, // on the way to what every package has
  },
})
