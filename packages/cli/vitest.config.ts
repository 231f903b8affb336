import { mergeConfig } from 'vitest/config'
import base from '../../vitest.base.js'

export default mergeConfig(base, {
  // Servers that do not answer are waited for by some tests, several seconds each on a busy machine.
  test: { testTimeout: 90_000 },
})
