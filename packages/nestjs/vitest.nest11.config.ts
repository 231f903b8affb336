import { createRequire } from 'node:module'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from './vitest.config.js'

const nest11 = createRequire(new URL('../../conformance/nest11/package.json', import.meta.url))
const packages = ['common', 'core', 'platform-express', 'platform-fastify']

/** What depends on Nest's router and container, once more with Nest 11 in the place of Nest 12. */
const config: ViteUserConfig = defineConfig({
  ...base,
  resolve: {
    ...base.resolve,
    alias: packages.map((name) => ({
      find: new RegExp(`^@nestjs/${name}$`),
      replacement: nest11.resolve(`@nestjs/${name}`),
    })),
  },
  test: { ...base.test, name: 'Nest 11', include: ['test/{nest,request-scope,route,unknown-user}.test.ts'] },
})
export default config
