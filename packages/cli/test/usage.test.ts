import fs from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { envFile, folder, run } from './run.js'

describe('wrong use is not told by its name and what is probably meant:', () => {
  test.each([
    ['an unknown command', ['doctr'], /unknown command 'doctr' \(Did you mean doctor\?\)/],
    ['an unknown flag', ['doctor', '--jsn'], /unknown option '--jsn' \(Did you mean --json\?\)/],
    ['a flag without its value', ['mint', '--user'], /option '--user <id>' argument missing/],
    ['nobody to mint for', ['mint', '--user', 'u'], /^--email <address>: missing, the user/],
    ['a port that is none', ['sandbox', '--port', 'http'], /--port/],
    [
      'an algorithm that signs nothing for a JWKS',
      ['keygen', 'subject-token', '--algorithm', 'HS256'],
      /ES256, ES384/,
    ],
    ['an endpoint that is no URL', ['doctor', '--endpoint', 'ftp://localhost/'], /must be a URL such as/],
    [
      'an endpoint that is not on this machine',
      ['doctor', '--endpoint', 'https://bank.example/x'],
      /bank\.example is not this machine.*--yes-it-is-mine/,
    ],
    [
      'a host that only begins like loopback',
      ['doctor', '--endpoint', 'http://127.0.0.1.evil.example/'],
      /is not this machine/,
    ],
    [
      'every address of this machine',
      ['doctor', '--endpoint', 'http://0.0.0.0:3000/'],
      /is not this machine/,
    ],
    ['user info in the endpoint', ['doctor', '--endpoint', 'http://me:canary@localhost/'], /user info/],
    ['a cookie without an endpoint', ['doctor', '--cookie', 'canary=1'], /belong to --endpoint/],
    [
      'a header without a colon',
      ['doctor', '--endpoint', 'localhost/x', '--header', 'canary'],
      /must be "name: value"/,
    ],
    [
      'a header with a line break',
      ['doctor', '--endpoint', 'localhost/x', '--header', 'a: canary\r\nb: c'],
      /line break/,
    ],
    [
      'an origin that is none',
      ['doctor', '--endpoint', 'localhost/x', '--origin', 'app'],
      /as browsers send it/,
    ],
    [
      'two ways to have subject tokens',
      ['mint', '--user', 'u', '--email', 'e', '--unsecured', '--subject-token-file', 'x'],
      /only one of the two/,
    ],
    [
      'two ways to have subject tokens, for the doctor',
      ['doctor', '--unsecured', '--subject-token-file', 'x'],
      /only one of the two/,
    ],
    [
      'a file with a subject token that is not there',
      ['doctor', '--subject-token-file', 'nowhere.jwt'],
      /--subject-token-file: nowhere\.jwt cannot be read/,
    ],
    [
      'a token where no argument belongs',
      ['mint', 'eyJhbGciOiJFUzI1NiJ9.canary-of-a-token.canary'],
      /too many arguments/,
    ],
    ['a flag that carries a secret', ['doctor', '--coookie=canary'], /unknown option '--coookie=…'/],
    ['an endpoint that cannot be read', ['doctor', '--endpoint', 'http://['], /must be a URL such as/],
    ['nothing to inspect', ['inspect'], /inspect needs a token/],
    ['more than any token', ['inspect', 'x'.repeat(70_000)], /longer than any token/],
  ])('%s', async (_, args, message) => {
    const { code, out, error } = await run(args)
    expect(error).toMatch(message)
    expect(`${out}${error}`).not.toContain('canary')
    expect(error).not.toContain('\n\n')
    expect(out).toBe('')
    expect(code).toBe(2)
    const json = await run([...args, '--json'])
    if (json.code === 2 && json.out !== '') {
      expect(JSON.parse(json.out)).toMatchObject({ ok: false, error: { code: 'usage' } })
      expect(json.out).not.toContain('canary')
    }
  })
})

test('a secret that was pasted in the wrong place is repeated by the error', async () => {
  const inEnvironment = 'cAnary.Client+Secret=9d4&x7'
  const inFile = 'canary-widget-secret-in-the-file'
  const cwd = await folder({ '.env': envFile({ TESOURO_WIDGET_SECRET: inFile }) })
  const nowhere = 'c4nary-of-another-project'
  const cases = [
    ...[inEnvironment, inFile, nowhere].flatMap((value) => [
      [value],
      [`--${value}`],
      ['doctor', `--${value}`],
      ['doctor', value],
      ['keygen', value],
      ['keygen', 'subject-token', '--algorithm', value],
      ['sandbox', `--${value}`],
      ['sandbox', '--port', value],
    ]),
    // what is a path or a host unless it is a secret
    ...[inEnvironment, inFile].flatMap((value) => [
      ['doctor', '--endpoint', value],
      ['doctor', '--env', value],
      ['mint', '--user', 'u', '--email', 'e@x.example', '--subject-token-file', value],
    ]),
  ]
  for (const args of cases) {
    for (const more of [[], ['--json']]) {
      const { code, out, error } = await run([...args, ...more], {
        cwd,
        env: { TESOURO_CLIENT_SECRET: inEnvironment },
      })
      expect(`${out}${error}`.toLowerCase(), args.join(' ')).not.toMatch(/canary|c4nary/)
      expect(code).toBe(2)
    }
  }
})

describe('a .env that cannot be read is not told why:', () => {
  test('a name that is not there, and the one that probably is meant', async () => {
    const cwd = await folder({ '.env.local': 'A=1' })
    const { code, error } = await run(['doctor', '--env', '.env.locl'], { cwd })
    expect(error).toMatch(/^\.env\.locl: there is no such file; there is \.env\.local/)
    expect(code).toBe(2)
  })

  test('a name without any file near it, a folder that is not there, a name that no file can have', async () => {
    const cwd = await folder()
    for (const [path, message] of [
      ['.env.local', /^\.env\.local: there is no such file\n$/],
      ['nowhere/.env', /there is no such file; there is no such folder either/],
      [`${'x'.repeat(300)}.env`, /^x{159}…: there is no such file\n$/],
    ] as const) {
      const { code, error } = await run(['doctor', '--env', path], { cwd })
      expect(error).toMatch(message)
      expect(code).toBe(2)
    }
  })

  test('a file that this user may not read', async () => {
    const cwd = await folder({ '.env': 'A=1' })
    onTestFinished(() => {
      vi.restoreAllMocks()
      syncBuiltinESMExports()
    })
    const { readFileSync } = fs
    // Whoever runs the tests may be allowed to read everything.
    vi.spyOn(fs, 'readFileSync').mockImplementation((path, options) => {
      if (String(path).endsWith('.env')) throw Object.assign(new Error('canary'), { code: 'EACCES' })
      return readFileSync(path, options)
    })
    syncBuiltinESMExports()
    expect(await run(['doctor'], { cwd })).toMatchObject({ code: 2, error: '.env cannot be read (EACCES)\n' })
  })

  test('a folder, UTF-16, more than 1 MiB', async () => {
    const cwd = await folder({ 'huge.env': `A=${'x'.repeat(1_100_000)}` })
    await mkdir(join(cwd, 'folder.env'))
    await writeFile(join(cwd, 'utf16.env'), Buffer.from('TESOURO_CLIENT_SECRET=canary', 'utf16le'))
    for (const [path, message] of [
      ['folder.env', /is no file/],
      ['utf16.env', /no text in UTF-8/],
      ['huge.env', /at most 1 MiB/],
    ] as const) {
      const { code, error } = await run(['doctor', '--env', path], { cwd })
      expect(error).toMatch(message)
      expect(error).not.toContain('canary')
      expect(code).toBe(2)
    }
  })
})

test('without a command there is no help, or no exit code that says so', async () => {
  for (const args of [[], ['keygen']]) {
    const { code, error } = await run(args)
    expect(error).toMatch(/Usage: tesouro-tokens/)
    expect(code).toBe(2)
  }
  const help = await run(['doctor', '--help'])
  expect(help).toMatchObject({ code: 0, error: '' })
  expect(help.out).toContain('--endpoint <url>')
})

test.each([
  ['many values that never end', 'A="\n'.repeat(200_000)],
  ['one long line of spaces', `A=${' '.repeat(900_000)}x`],
  ['one long value', `TESOURO_CLIENT_SECRET=${'x#'.repeat(400_000)}`],
  ['nothing but quotes', `A=${'"\''.repeat(400_000)}`],
  ['many names', Array.from({ length: 60_000 }, (_, index) => `TESOURO_${index}=x`).join('\n')],
])('a .env with %s takes minutes', async (_, text) => {
  const cwd = await folder({ '.env': text })
  const { code } = await run(['inspect', 'a.b'], { cwd })
  expect(code).toBe(1)
  expect((await run(['doctor', '--json'], { cwd })).code).toBe(1)
})

test('a token that is nested without end fails in the program itself', async () => {
  const part = (value: string): string => Buffer.from(value).toString('base64url')
  const token = `${part('{"alg":"ES256"}')}.${part(`{"sub":"u","email":"e","act":${'['.repeat(15_000)}${']'.repeat(15_000)}}`)}.c2ln`
  const { code, error } = await run(['inspect', token])
  expect(error).toBe('')
  expect(code).toBe(0)
})
