import { mergeConfig } from 'vitest/config'
import base from '../../vitest.base.js'

export default mergeConfig(base, {
  test: {
    coverage: {
      exclude: ['src/bin.ts'], // a process of its own runs it
      thresholds: { lines: 97, branches: 87 }, // on the way to what every package has
    },
  },
})
