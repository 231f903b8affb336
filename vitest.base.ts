import { defineConfig, type ViteUserConfig } from 'vitest/config'

// Never `import` here: Node would take it for `require()` too, and CommonJS packages would be given ES modules.
const conditions = ['@tesouro-tokens/source', 'node']

/** What every package's tests share: sources of the workspace instead of builds, real time limits. */
const base: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    // These tell what hangs, and measure nothing: on a busy machine a test may get a twentieth of a processor.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    pool: 'forks',
    execArgv: ['--unhandled-rejections=strict'],
    // Most of the time went into loading: a worker loads modules once for all its files. A test that changes what others
    // see, as the environment or a global function, takes it back. One that cannot needs a project with isolate: true.
    isolate: false,
    typecheck: { enabled: false },
    // With --coverage, as in `npm test`, which runs every test of a package.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: [['text', { skipFull: true }]],
      thresholds: { lines: 98, branches: 95 },
    },
  },
})
export default base
