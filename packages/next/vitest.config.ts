import { mergeConfig } from 'vitest/config'
import base from '../../vitest.base.js'

export default mergeConfig(base, {
  test: {
    // Builds of Next beside requests to what was built.
    maxWorkers: 2,
    globalSetup: ['test/build-app.ts'],
    // Both need Next's own request storage: they run in the application that Next builds, in a process of its own.
    coverage: { exclude: ['src/action.ts', 'src/api-route.ts'] },
  },
})
