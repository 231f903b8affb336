import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

// Vitest always adds `node`, so that a condition of our own has to come before it.
const portable = ['@tesouro-tokens/portable', '@tesouro-tokens/source']

/** Tests that put another module in a module's place, or count what one process has gone through. */
const alone: readonly string[] = ['test/lib/*.test.ts', 'test/canaries/canaries.test.ts']

/** The portable path has its own cryptography and runtime: what computes with them, or names or hides something by them. */
const differs: readonly string[] = [
  'test/*.test.ts',
  'test/access-tokens/one-exchange.test.ts',
  'test/cache/encrypted-token-cache.test.ts',
  'test/crypto/path.test.ts',
  'test/configuration/{audit-key,cache-keys-from-env,widget-secret}.test.ts',
  'test/{identity,subject-token,widget-token}/**/*.test.ts',
  'test/platform/platform-fetch.test.ts',
  'test/threats/{callbacks,ended-calls,injection,prototype-pollution}.test.ts',
  'test/token-endpoint/{request,secrets}.test.ts',
]

export const projects: TestProjectInlineConfiguration[] = [
  {
    ...base,
    test: {
      ...base.test,
      name: 'node',
      env: { TESOURO_TEST_PATH: 'node', RACES_ORDERS: '1500' },
      exclude: [...alone],
    },
  },
  {
    ...base,
    test: {
      ...base.test,
      name: 'alone',
      env: { TESOURO_TEST_PATH: 'node' },
      include: [...alone],
      isolate: true,
    },
  },
  {
    ...base,
    resolve: { conditions: portable },
    ssr: { resolve: { conditions: portable } },
    test: {
      ...base.test,
      name: 'portable',
      env: { TESOURO_TEST_PATH: 'portable' },
      include: [...differs],
    },
  },
]

// Most tests wait more than they compute.
const config: ViteUserConfig = defineConfig({
  test: { projects, coverage: base.test?.coverage, maxWorkers: 4 },
})
export default config
