import { expect, test } from 'vitest'
import { envFile, folder, run } from './run.js'

const user = ['--user', 'u_1', '--email', 'u_1@example.com']
const endpoint = ['doctor', '--endpoint', 'localhost:1/x']

/** Wrong uses of each command. */
const mistakes: { readonly [command: string]: readonly (readonly string[])[] } = {
  'the program': [['doctr'], ['canary of a secret'], ['--jsn'], ['--json']],
  doctor: [
    ['doctor', '--jsn'],
    ['doctor', '--user'],
    ['doctor', 'c4nary-of-another-project'],
    ['doctor', '--env', '.env.locl'],
    ['doctor', '--unsecured', '--subject-token-file', 'x'],
    ['doctor', '--subject-token-file', 'nowhere.jwt'],
    ['doctor', '--endpoint', 'ftp://localhost/'],
    ['doctor', '--endpoint', 'https://bank.example/x'],
    ['doctor', '--endpoint', 'http://me:canary@localhost/'],
    ['doctor', '--cookie', 'canary=1'],
    [...endpoint, '--header', 'canary'],
    [...endpoint, '--header', 'a: canary\r\nb: c'],
    [...endpoint, '--origin', 'app'],
  ],
  inspect: [['inspect'], ['inspect', 'x'.repeat(70_000)], ['inspect', 'a', 'b']],
  mint: [
    ['mint'],
    ['mint', '--user', 'u'],
    ['mint', '--email', 'u_1@example.com'],
    ['mint', ...user],
    ['mint', '--user', '', '--email', ' '],
    ['mint', ...user, '--tenant'],
  ],
  exchange: [
    ['exchange'],
    ['exchange', ...user, 'c4nary-of-another-project'],
    ['exchange', '--app'],
    ['exchange', ...user, '--unsecured'],
  ],
  keygen: [
    ['keygen', 'c4nary-of-another-project'],
    ['keygen', 'subject-token', '--algorithm', 'HS256'],
    ['keygen', 'subject-token', '--key-id'],
    ['keygen', 'cache-key', '--algorithm', 'ES256'],
  ],
  sandbox: [
    ['sandbox', '--port', 'http'],
    ['sandbox', '--prt', '1'],
    ['sandbox', 'start'],
  ],
}

test.each(Object.entries(mistakes))('a message for wrong use of %s has become worse', async (_, uses) => {
  const cwd = await folder({
    '.env': envFile({ TESOURO_ENVIRONMENT: 'sandbox', TESOURO_CLIENT_ID: 'id' }),
    '.env.local': '',
  })
  const told: string[] = []
  for (const args of uses) {
    const { code, out, error } = await run(args, { cwd })
    expect(`${out}${error}`).not.toMatch(/canary|c4nary/)
    told.push(`${code}: ${error.replaceAll(cwd, '…').trimEnd()}`)
  }
  expect(told).toMatchSnapshot()
})
