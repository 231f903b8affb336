import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { expect, inject, test } from 'vitest'
import { complaints } from '../../src/tsc.js'

const environments = {
  'node-types': { lib: ['ES2023'], types: ['node'] },
  // a declaration file that cannot be understood without Node's types would count as `any` if it were skipped
  dom: { lib: ['ES2023', 'DOM'], types: [] },
}

async function compile(
  name: string,
  files: string[],
  compilerOptions: object,
  how: { type?: 'commonjs'; typescript?: string } = {},
): Promise<string> {
  const entries = files.map(async (file) => {
    const text = await readFile(new URL(`../../fixtures/types/${file}`, import.meta.url), 'utf8')
    return [file, text] as const
  })
  return complaints({
    ...how,
    folder: inject('npmFolder'),
    name: `types-${name}`,
    files: Object.fromEntries(await Promise.all(entries)),
    compilerOptions: { skipLibCheck: false, exactOptionalPropertyTypes: true, ...compilerOptions },
  })
}

test.each(Object.entries(environments))(
  'something is any, or a mistake compiles, with %s',
  async (name, environment) => {
    expect(await compile(name, ['find-any.ts', 'core.ts', 'usage.ts'], environment)).toBe('')
  },
)

// The first one is gone from newer compilers, and still what many applications are built with.
const older = dirname(
  createRequire(new URL('../../jest/package.json', import.meta.url)).resolve('typescript/package.json'),
)
test.each([
  ['node10', { module: 'commonjs', moduleResolution: 'node10' }, older],
  ['node16', { module: 'node16' }, older],
  ['nodenext', { module: 'nodenext' }, undefined],
  ['bundler', { module: 'preserve', moduleResolution: 'bundler' }, undefined],
])(
  'something is any, or a mistake compiles, in a CommonJS package with %s resolution',
  async (name, resolution, typescript) => {
    const options = { ...environments['node-types'], esModuleInterop: true, ...resolution }
    const how = { type: 'commonjs' as const, ...(typescript !== undefined && { typescript }) }
    expect(await compile(name, ['find-any.ts', 'core.ts', 'usage.ts'], options, how)).toBe('')
  },
)

test("the session's user needs a cast in getUser, or the sandbox's types say any", async () => {
  // the types of others that these two stand on are not ours to check
  const options = { ...environments['node-types'], skipLibCheck: true }
  expect(await compile('packages', ['find-any.ts', 'express.ts', 'sandbox.ts'], options)).toBe('')
})
