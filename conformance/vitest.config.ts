import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../vitest.base.js'

const packed = 'test/packages/**/*.test.ts'

// Without the shared `include`: projects would add theirs to it, and each would run every test.
const { include: _, ...shared } = base.test ?? {}

/**
 * The suites run on sources; test/packages runs on the packed and installed packages. This takes longest of all in
 * `npm test`: two files at a time, so that no processor is idle at its end.
 */
const config: ViteUserConfig = defineConfig({
  ...base,
  test: {
    ...shared,
    maxWorkers: 2,
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
