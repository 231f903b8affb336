import { readFile } from 'node:fs/promises'
import { expect, inject, test } from 'vitest'
import { complaints } from '../../src/tsc.js'

const environments = {
  'node-types': { lib: ['ES2023'], types: ['node'] },
  // a declaration file that cannot be understood without Node's types would count as `any` if it were skipped
  dom: { lib: ['ES2023', 'DOM'], types: [] },
}

async function compile(name: string, files: string[], compilerOptions: object): Promise<string> {
  const entries = files.map(async (file) => {
    const text = await readFile(new URL(`../../fixtures/types/${file}`, import.meta.url), 'utf8')
    return [file, text] as const
  })
  return complaints({
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

test("the session's user needs a cast in getUser, or the sandbox's types say any", async () => {
  // the types of others that these two stand on are not ours to check
  const options = { ...environments['node-types'], skipLibCheck: true }
  expect(await compile('packages', ['find-any.ts', 'express.ts', 'sandbox.ts'], options)).toBe('')
})
