/** Code whose mutants are counted together, and the tests that have to kill them. */
export interface Area {
  readonly name: string
  /** Folder of the package. */
  readonly home: string
  /** Patterns from there. */
  readonly mutate: readonly string[]
  readonly tests: readonly string[]
}

const core = (room: string, ...alsoIn: string[]): Area => ({
  name: room,
  home: 'packages/core',
  mutate: [`src/${room}/**/*.ts`],
  tests: [room, ...alsoIn].map((folder) => `test/${folder}/**/*.test.ts`),
})

const adapter = (name: string): Area => ({
  name,
  home: `packages/${name}`,
  mutate: ['src/**/*.ts', '!src/index.ts'],
  tests: ['test/**/*.test.ts'],
})

/** What the score is wanted of. */
export const areas: readonly Area[] = [
  core('identity'),
  core('crypto', 'widget-token'),
  core('limits', 'token-endpoint', 'http'),
  core('subject-token', 'configuration', 'widget-token', 'threats'),
  core('http', 'threats'),
  core('platform', 'threats', 'token-endpoint'),
  core('token-endpoint', 'limits', 'canaries', 'threats'),
  core('access-tokens', 'threats', 'cache'),
  core('cache', 'access-tokens', 'threats'),
  adapter('express'),
  adapter('next'),
  adapter('nestjs'),
  {
    name: 'redis',
    home: 'packages/redis',
    mutate: ['src/{person,leases,limits,announcements}/**/*.ts', '!src/**/*.d.ts'],
    tests: ['test/**/*.test.ts'],
  },
]
