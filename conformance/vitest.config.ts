import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../vitest.base.js'

const packed = 'test/packages/**/*.test.ts'

// Vitest always adds `node`, so that a condition of our own has to come before it.
const portable = ['@tesouro-tokens/portable', '@tesouro-tokens/source']

/** On the portable path hashes and seals are waited for: between a call and its exchange, a logout, a look-up. */
const inStep = [
  'encrypted-token-cache',
  'layered',
  'leases',
  'lifetimes',
  'logout',
  'long-cut',
  'one-exchange',
]

// Without the shared `include`: projects would add theirs to it, and each would run every test.
const { include: _, ...shared } = base.test ?? {}

/**
 * The suites run on sources, and on both paths where what is computed stands between two steps; what stands in
 * test/packages runs on the packed and installed packages.
 */
const config: ViteUserConfig = defineConfig({
  ...base,
  test: {
    ...shared,
    projects: [
      { extends: true, test: { name: 'suites', include: ['test/**/*.test.ts'], exclude: [packed] } },
      {
        extends: true,
        resolve: { conditions: portable },
        ssr: { resolve: { conditions: portable } },
        test: { name: 'portable', include: [`test/{${inStep.join(',')}}.test.ts`] },
      },
      {
        extends: true,
        test: {
          name: 'packages',
          include: [packed],
          globalSetup: 'test/packages/set-up.ts',
          testTimeout: 120_000,
        },
      },
    ],
  },
})
export default config
