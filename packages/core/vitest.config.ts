import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

// Vitest always adds `node`, so that a condition of our own has to come before it.
const portable = ['@tesouro-tokens/portable', '@tesouro-tokens/source']

/** Every promise is kept on both paths, so that everything runs twice. */
export const projects: TestProjectInlineConfiguration[] = [
  { ...base, test: { ...base.test, name: 'node', env: { TESOURO_TEST_PATH: 'node', RACES_ORDERS: '1500' } } },
  {
    ...base,
    resolve: { conditions: portable },
    ssr: { resolve: { conditions: portable } },
    test: {
      ...base.test,
      name: 'portable',
      env: { TESOURO_TEST_PATH: 'portable' },
      // What compares both paths itself or chooses its own, and what waits long for things that nothing is computed for.
      exclude: [
        'test/crypto/{encrypt,same-token,sign,text}.test.ts',
        'test/races/**',
        'test/threats/{fresh-keys,process}.test.ts',
        'test/token-endpoint/{failures,rate-limit}.test.ts',
      ],
    },
  },
]

/** Which branches run is a matter of what comes first, here and there. On the way to what every package has. */
const coverage = { ...base.test?.coverage, thresholds: { lines: 98, branches: 94 } }
const config: ViteUserConfig = defineConfig({ test: { projects, coverage } })
export default config
