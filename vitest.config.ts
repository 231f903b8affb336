import { existsSync, readdirSync } from 'node:fs'
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config'
import { projects as coreProjects } from './packages/core/vitest.config.js'
import base from './vitest.base.js'

/** Tests that need a build or processes of their own, or wait long for real time: `npm test` runs them. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  core: [
    'test/browser-guard.test.ts',
    'test/cache/{circuit-breaker,circuit-breaker-changes,probe-while-busy}.test.ts',
    'test/crypto/same-token.test.ts',
    'test/limits/budget.test.ts',
    'test/threats/{fresh-keys,process}.test.ts',
    'test/token-endpoint/{failures,rate-limit}.test.ts',
  ],
  // Here the second path is asked only for what it computes.
  'core-portable': ['test/{access-tokens,cache,configuration,platform,threats,token-endpoint}/**'],
  express: ['test/slow-connections-memory.test.ts'],
  next: ['test/{adapter,application,other-builds,quick-start}.test.ts'],
  redis: [
    'test/{ends,eviction,foreign-data,late-heartbeat,logouts,refusals,sentinel,settings}.test.ts',
    'test/{ioredis,logouts,node-redis}-cluster.test.ts',
    'test/fleet/**',
  ],
  cli: ['test/bin.test.ts'],
  sandbox: ['test/{bin,running}.test.ts'],
  conformance: [
    'test/packages/**',
    'test/{docs-links,hono,nest11,next15,redis-helper,short-lived-process,simulated-day,worker,worker-requests}.test.ts',
  ],
}

/**
 * What `npm run check` runs, and `npx vitest` in the root watches: tests of every package from sources, without a build.
 * In its own folder each package has its own configuration, which leaves nothing out.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    // Most tests wait more than they compute.
    maxWorkers: 4,
    // A package.json that changes would run every test: that is what `npm test` is for.
    forceRerunTriggers: [],
    projects: [
      ...coreProjects.map((own) => {
        const name = own.test?.name === 'node' ? 'core' : `core-${own.test?.name}`
        return project(name, 'packages/core', own, name === 'core' ? [] : leftOut.core)
      }),
      // Its own configuration builds an application first.
      project('next', 'packages/next', base),
      ...readdirSync('packages')
        .filter((name) => !['core', 'next'].includes(name) && existsSync(`packages/${name}/vitest.config.ts`))
        .map((name) => project(name, `packages/${name}`, { extends: `./packages/${name}/vitest.config.ts` })),
      project('conformance', 'conformance', base),
    ],
  },
})
export default config

function project(
  name: string,
  root: string,
  own: TestProjectInlineConfiguration,
  alsoLeftOut: readonly string[] = [],
): TestProjectInlineConfiguration {
  const exclude = [...(own.test?.exclude ?? []), ...alsoLeftOut, ...(leftOut[name] ?? [])]
  // A few seconds of what `npm test` looks for longer.
  const env = { ...own.test?.env, RACES_ORDERS: '120' }
  return { ...own, root, test: { ...own.test, name, exclude, env } }
}
