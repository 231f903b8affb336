import { mergeConfig } from 'vitest/config'
import base from '../../vitest.base.js'

export default mergeConfig(base, {
  test: { globalSetup: ['test/build-app.ts'], testTimeout: 60_000, hookTimeout: 120_000 },
})
