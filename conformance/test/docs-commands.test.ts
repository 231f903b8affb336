import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readTracked, repository, trackedFiles } from '../src/markdown.js'

// A block marked `sh` is a promise that it works as it stands: each of its commands is run by what stands beside it.
// What cannot be run by a test (it is typed into two terminals, or runs what its reader has) is marked `console`.
const runBy: readonly [command: RegExp, file: string][] = [
  [/^npm test$/, 'package.json'],
  [/^npm run demo( --( next| nestjs| --once)+)?$/, 'examples/demo/package.json'],
  [/^npm run bench( -- [a-z-]+( [a-z-]+)*)?$/, 'benchmarks/test/smoke.test.ts'],
  [/^npm run soak( -- [a-z]+( [a-z]+)*)?$/, 'conformance/soak/test/smoke.test.ts'],
  [/^npm run runtimes( -- [a-z0-9]+( [a-z0-9]+)*)?$/, 'conformance/runtimes/test/runtimes.test.ts'],
  [/^npm install( --save-dev)?( [\w@/-]+)+$/, 'conformance/test/packages/set-up.ts'],
  [
    /^npx @tesouro-tokens\/sandbox( --(port \d+|seed [a-z]+|write-env \.env))*$/,
    'conformance/test/packages/readme-programs.test.ts',
  ],
  [/^npx @tesouro-tokens\/cli doctor$/, 'packages/cli/test/readme.test.ts'],
  [/^curl .* ?http:\/\/localhost:3000\/\S+/, 'conformance/test/packages/readme-curl.test.ts'],
  [/^pnpm run docs:api$/, 'tools/api-reference/src/check.mjs'],
]

const commands = trackedFiles('*.md').flatMap((page) =>
  [...readTracked(page).matchAll(/^```(?:sh|shell|bash|zsh)\b.*\n([\s\S]*?)^```$/gm)].flatMap(
    ([, block = '']) =>
      block
        .split('\n')
        .map((line) => line.replace(/\s*#.*$/, '').trim())
        .filter((command) => command !== '')
        .map((command) => ({ page, command })),
  ),
)

test('there is no command to look at', () => {
  expect(commands.map(({ command }) => command)).toContain('npm run demo')
})

test.each(commands)('$page tells to type `$command`, which nothing runs', ({ command }) => {
  expect(runBy.filter(([pattern]) => pattern.test(command))).toHaveLength(1)
})

test('a README tells to install a package that the test of packed packages does not install', () => {
  const installed = readTracked('conformance/test/packages/set-up.ts')
  const asPeer = ['hono'] // npm brings it with @hono/node-server
  const told = commands
    .filter(({ command }) => command.startsWith('npm install '))
    .flatMap(({ command }) => command.split(' ').slice(2))
    .filter((word) => !word.startsWith('-') && !word.startsWith('@tesouro-tokens/'))
  expect(
    [...new Set(told)].filter((name) => !asPeer.includes(name) && !installed.includes(`'${name}'`)),
  ).toEqual([])
})

test.each(runBy)('what runs %s is gone', (_, file) => {
  expect(existsSync(join(repository, file))).toBe(true)
})
