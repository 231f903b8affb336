import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../vitest.base.js'

const packed = 'test/packages/**/*.test.ts'

// Without the shared `include`: projects would add theirs to it, and each would run every test.
const { include: _, ...shared } = base.test ?? {}

/**
 * The suites run on sources; test/packages runs on the packed and installed packages.
 */
const config: ViteUserConfig = defineConfig({
  ...base,
  test: {
    ...shared,
    projects: [
      { extends: true, test: { name: 'suites', include: ['test/**/*.test.ts'], exclude: [packed] } },
      {
        extends: true,
        test: {
          name: 'packages',
          include: [packed],
          globalSetup: 'test/packages/set-up.ts',
        },
      },
    ],
  },
})
export default config
