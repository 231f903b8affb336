import { defineConfig, type ViteUserConfig } from 'vitest/config'

// Never `import` here: Node would take it for `require()` too, and CommonJS packages would be given ES modules.
const conditions = ['@tesouro-tokens/source', 'node']

/** What every package's tests share: sources of the workspace instead of builds, real time limits. */
const base: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Vitest's own second is a time limit that a busy machine exceeds.
    expect: { poll: { timeout: 25_000 } },
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
