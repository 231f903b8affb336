import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { runSandboxCommand } from '../src/command/run.js'

const folder = mkdtempSync(join(tmpdir(), 'sandbox-env-'))
const path = join(folder, '.env')
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => rmSync(path, { force: true }))

/** Starts with `--write-env`, and stops. Gives the variables, or what was said. */
async function write(): Promise<Record<string, string> | string> {
  let said = ''
  const err = (text: string): void => {
    said += text
  }
  const result = await runSandboxCommand(['--seed', 'env-file', '--port', '0', '--write-env', path], {
    out: () => {},
    err,
  })
  if (typeof result === 'number') return said
  const { env } = result
  await result.close()
  return { ...env }
}

const text = (): string => readFileSync(path, 'utf8')

test('a file that is not there is created for its owner alone, and says what the sandbox says', async () => {
  expect(parseEnv(textAfter(await write()))).toMatchObject({ TESOURO_CLIENT_ID: 'sandbox-client' })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['.env'])
})

const others: [name: string, before: string][] = [
  ['lines of other people', '# mine\nDATABASE_URL=postgres://x\n\nEMPTY=\n'],
  ['a last line without an end', 'A=1'],
  ['CRLF', '# mine\r\nA=1\r\nB="two"\r\n'],
  ['a byte order mark', '\uFEFFA=1\n'],
  ['quotes over several lines', 'PEM="-----BEGIN\nTESOURO_CLIENT_ID=not-a-line\n-----END"\nB=1\n'],
  ['an apostrophe', "A=it's\nB='it is'\n# don't\n"],
  ['what is no assignment', 'garbage\n=x\n TESOURO\nTESOURO_OTHER=1\nMY_TESOURO_CLIENT_ID=1\n'],
  ['a backslash in front of the last quote', "W='C:\\dir\\'\nV='C:\\'\nB=1\n"],
  ['quotes in quotes', 'A="say \\"hi\\""\nJ=\'{"a":"b"}\' # c\nB=1\n'],
  ['names of prototypes', '__proto__=1\nconstructor=2\n'],
]
test.each(others)('%s: lost or changed by an update', async (_name, before) => {
  writeFileSync(path, before)
  const env = await write()
  expect(text().startsWith(before)).toBe(true)
  const added = text().slice(before.length)
  expect(parseEnv(added)).toEqual(env)
  const ends = before.includes('\r\n') ? /^(\r\n)?(TESOURO[^\r\n]*\r\n)+$/ : /^\n?(TESOURO[^\r\n]*\n)+$/
  expect(added).toMatch(ends)
})

test.each([
  ['a double quote that never ends', 'A="open\nB=1\n'],
  ['a single quote that never ends', "A='tis the season\nB=1\n"],
  ['a single quote that never ends, above own lines', "A='tis\nTESOURO_CLIENT_ID=sandbox-client\n"],
  ['a last line that sets nothing', 'A=1\nexport\n'],
])('%s swallows what is written below it', async (_name, before) => {
  writeFileSync(path, before)
  expect(await write()).toMatch(
    /^tesouro-sandbox: --write-env: .* a quote that never ends, or a line that sets nothing/,
  )
  expect(text()).toBe(before)
})

test("another client's credentials below a path that ends with a backslash are not seen", async () => {
  writeFileSync(path, "W='C:\\dir\\'\nTESOURO_CLIENT_ID='real-client'\nTESOURO_CLIENT_SECRET='real'\n")
  const before = text()
  expect(await write()).toContain("holds another client's TESOURO_CLIENT_ID")
  expect(text()).toBe(before)
})

test('own lines are updated where they stand, whatever they look like, and twice is once', async () => {
  writeFileSync(
    path,
    [
      'A=1',
      'export TESOURO_CLIENT_ID="sandbox-client"',
      '  TESOURO_CLIENT_SECRET = old # comment',
      'B=2',
      'TESOURO_SUBJECT_TOKEN_KEY="-----BEGIN',
      'KEY=',
      '-----END"',
      'TESOURO_WIDGET_SECRET=`old`',
      'TESOURO_WIDGET_SECRET=older',
      'C=3',
    ].join('\n'),
  )
  const env = await write()
  expect(parseEnv(text().replace('export ', ''))).toEqual({ A: '1', B: '2', C: '3', ...(env as object) })
  const names = text()
    .split('\n')
    .map((line) => line.split('=')[0])
  expect(names.slice(0, 7)).toEqual([
    'A',
    'export TESOURO_CLIENT_ID',
    'TESOURO_CLIENT_SECRET',
    'B',
    'TESOURO_SUBJECT_TOKEN_KEY',
    'TESOURO_WIDGET_SECRET',
    'C',
  ])
})

test('the same again leaves the file alone: whoever watches it does not restart', async () => {
  writeFileSync(path, 'A=1\n')
  const first = await write()
  const file = typeof first === 'string' ? first : text()
  writeFileSync(path, file.replace(/http:\/\/127\.0\.0\.1:\d+/, 'http://127.0.0.1:1'))
  const { ino } = statSync(path)
  const again = await runSandboxCommand(['--seed', 'env-file', '--write-env', path], {
    out: () => {},
    err: () => {},
  })
  if (typeof again === 'number') throw new Error('it did not start')
  await again.close()
  expect(statSync(path).ino).not.toBe(ino)
  const after = statSync(path)
  const same = await runSandboxCommand(['--seed', 'env-file', '--write-env', path], {
    out: () => {},
    err: () => {},
  })
  if (typeof same === 'number') throw new Error('it did not start')
  await same.close()
  expect(statSync(path)).toMatchObject({ ino: after.ino, mtimeMs: after.mtimeMs })
})

test.each([
  ['a client id', 'TESOURO_CLIENT_ID=live-client\n'],
  ['a client secret', "TESOURO_CLIENT_SECRET='live'\n"],
  ['a widget secret', 'export TESOURO_WIDGET_SECRET="live"\n'],
  [
    'a client id that is set again further down',
    'TESOURO_CLIENT_ID=sandbox-client\nTESOURO_CLIENT_ID=live-client\n',
  ],
])('%s of another client is not overwritten', async (_name, before) => {
  writeFileSync(path, before)
  const said = await write()
  expect(said).toMatch(
    /^tesouro-sandbox: --write-env: [^\n]* holds another client's TESOURO_[A-Z_]+: [^\n]*\n$/,
  )
  expect(said).not.toContain('live')
  expect(text()).toBe(before)
})

test('empty variables of a template are filled', async () => {
  writeFileSync(
    path,
    'TESOURO_CLIENT_ID=\nTESOURO_CLIENT_SECRET=""\nTESOURO_WIDGET_SECRET= # ask onboarding\n',
  )
  const env = await write()
  expect(parseEnv(text())).toEqual(env)
})

test('TESOURO_ENVIRONMENT, which excludes a base URL, becomes a comment', async () => {
  writeFileSync(path, 'TESOURO_ENVIRONMENT=sandbox\r\nA=1\r\n')
  await write()
  expect(text()).toMatch(/^# TESOURO_ENVIRONMENT=sandbox\r\nA=1\r\nTESOURO_BASE_URL/)
})

test('a link stays a link, and rights stay as they are', async () => {
  const target = join(folder, 'target.env')
  writeFileSync(target, 'A=1\n')
  chmodSync(target, 0o640)
  symlinkSync(target, path)
  await write()
  expect(lstatSync(path).isSymbolicLink()).toBe(true)
  expect(parseEnv(readFileSync(target, 'utf8'))).toMatchObject({
    A: '1',
    TESOURO_CLIENT_ID: 'sandbox-client',
  })
  expect(statSync(target).mode & 0o777).toBe(0o640)
  rmSync(target)
})

function textAfter(result: Record<string, string> | string): string {
  if (typeof result === 'string') throw new Error(result)
  return text()
}
