import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runSandboxCommand } from '../src/command/run.js'
import type { Sandbox } from '../src/index.js'
import { accounts, userToken } from './partner.js'

const folder = mkdtempSync(join(tmpdir(), 'sandbox-command-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function run(...words: string[]): Promise<{ result: Sandbox | number; out: string; err: string }> {
  let out = ''
  let err = ''
  const result = await runSandboxCommand(words, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { result, out, err }
}

async function started(...words: string[]): Promise<Sandbox> {
  const { result, err } = await run('--port', '0', ...words)
  if (typeof result === 'number') throw new Error(err)
  return result
}

mkdirSync(join(folder, 'a-folder'))
const invalidUtf8 = Buffer.from([0x7b, 0xff, 0xfe])
const refused: [words: string[], message: RegExp][] = [
  [['--prt', '1'], /^--prt is unknown: did you mean --port\?$/],
  [['--wirte-env', 'x'], /^--wirte-env is unknown: did you mean --write-env\?$/],
  [['--nothing-like-it'], /^--nothing-like-it is unknown: see --help$/],
  [['--s3cr3t=hunter2'], /^a flag is unknown: see --help$/],
  [['--__proto__'], /^a flag is unknown/],
  [['--constructor'], /^--constructor is unknown/],
  [['start'], /^a word without a flag is not understood/],
  [['--port'], /^--port needs a value$/],
  [['--port', ''], /^--port needs a value$/],
  [['--port', '--quiet'], /^--port needs a value$/],
  [['--port', '1', '--port', '2'], /^--port is given twice$/],
  [['--port', 'many'], /^--port must be a number/],
  [['--port', '70000'], /^--port must be a number/],
  [['--port', '-1'], /^--port needs a value$/],
  [['--quiet=yes'], /^--quiet takes no value$/],
  [['--seed', 'ab'], /^--seed is too short/],
  [['--seed', 'x'.repeat(1001)], /^--seed is longer/],
  [['--host', 'a b'], /^--host is no address/],
  [['--host', 'a b', '--seed', 'ab'], /^--host is no address.*; --seed is too short/],
  [['--host', '203.0.113.5'], /^host 203\.0\.113\.5 is no address of this machine$/],
  [['--host', 'nobody.invalid'], /^host nobody\.invalid cannot be resolved$/],
  [['--users', join(folder, 'none.json')], /^--users: there is no file .*none\.json$/],
  [['--users', `${'none/'.repeat(60)}.json`], /^--users: there is no file …(?:\w*\/)+\.json$/],
  [['--users', join(folder, 'a-folder')], /^--users: .* is no regular file$/],
  [['--users', '/dev/zero'], /^--users: .* is no regular file$/],
  [['--users', file('text.json', 'secret-in-the-file')], /^--users: .*text\.json is not JSON$/],
  [['--users', file('bytes.json', invalidUtf8)], /^--users: .* is not UTF-8 text$/],
  [['--users', file('huge.json', ' '.repeat(8 * 1_048_576 + 1))], /^--users: .* is larger than 8 MiB$/],
  [['--users', file('object.json', '{}')], /^--users: .*: it must be a list$/],
  [['--users', file('number.json', '[7]')], /^--users: .*: 0[: ]/],
  [['--users', file('email.json', '[{"email":"none"}]')], /: 0\.email must be an e-mail address$/],
  [['--users', file('extra.json', '[{"email":"a@b.test","name":"x"}]')], /^--users: .*: 0[: ]/],
  [
    ['--users', file('proto.json', '[{"email":"a@b.test","__proto__":{"status":"disabled"}}]')],
    /: 0: an unknown member$/,
  ],
  [
    ['--users', file('money.json', '[{"email":"a@b.test","accounts":[{"name":"x","balance":"1"}]}]')],
    /balance/,
  ],
  [['--users', file('twice.json', '[{"email":"a@b.test"},{"email":"A@b.test"}]')], /twice/],
  [
    ['--users', file('client.json', '[{"email":"a@b.test","clientId":"other"}]')],
    /^--users: 0\.clientId names no client/,
  ],
  [['--write-env', join(folder, 'a-folder')], /^--write-env: .* is no regular file$/],
  [['--write-env', join(folder, 'none', '.env')], /^--write-env: .* cannot be written \(ENOENT\)$/],
  [['--write-env', file('bytes.env', invalidUtf8)], /^--write-env: .* is not UTF-8 text$/],
]
test.each(refused)('%j gets no line of its own, or another exit code than 2', async (words, message) => {
  const { result, out, err } = await run(...words)
  expect(result).toBe(2)
  expect(out).toBe('')
  expect(err).toMatch(/^tesouro-sandbox: [^\n]*\n$/)
  expect(err.replace('tesouro-sandbox: ', '').trimEnd()).toMatch(message)
  expect(err).not.toMatch(/hunter2|secret-in-the-file/)
})

test('--help leaves out a flag, or what holds without it', async () => {
  const { result, out, err } = await run('--help')
  expect({ result, err }).toEqual({ result: 0, err: '' })
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  expect(out).toMatchSnapshot()
})

test('--version is no version, or --json no document', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(await run('--version')).toEqual({ result: 0, out: `${version}\n`, err: '' })
  const { result, out } = await run('--port', '0', '--json')
  if (typeof result === 'number') throw new Error('it did not start')
  expect(JSON.parse(out)).toEqual({ baseUrl: result.baseUrl, env: result.env })
  await result.close()
})

test('a mistake of the caller’s own is told as wrong use', async () => {
  const out = (): never => {
    throw new RangeError('of the caller')
  }
  await expect(runSandboxCommand(['--version'], { out, err: out })).rejects.toThrow(RangeError)
})

test('a port in use is told in one line', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = String((server.address() as AddressInfo).port)
  const { result, err } = await run('--port', port)
  server.close()
  expect(result).toBe(2)
  expect(err).toBe(
    `tesouro-sandbox: port ${port} on 127.0.0.1 is in use: stop what listens there, or choose another port or seed\n`,
  )
})

test('nothing of a prototype gets from users.json into a user', async () => {
  await using sandbox = await started(
    '--users',
    file('fine.json', '\uFEFF[{"email":"a@b.test","accounts":[]}]'),
  )
  expect({}).not.toHaveProperty('status')
  const { body } = await accounts(sandbox, await userToken(sandbox, 'a', 'a@b.test'))
  expect(body.data).toEqual([])
})

test('10,000 users of 8 MiB are read', async () => {
  const users = Array.from({ length: 10_000 }, (_, at) => ({
    email: `user-${at}@partner.test`,
    accounts: [{ name: 'x'.repeat(500), balance: '1.00' }],
  }))
  await using sandbox = await started('--users', file('many.json', JSON.stringify(users)))
  const { body } = await accounts(sandbox, await userToken(sandbox, 'u', 'user-9999@partner.test'))
  expect(body.data).toEqual([expect.objectContaining({ balance: { current: '1.00', available: '1.00' } })])
})

test('a host that others can reach is taken with a warning, and still reached from here', async () => {
  const { result, out, err } = await run('--host', '0.0.0.0', '--port', '0')
  if (typeof result === 'number') throw new Error(err)
  expect(err).toContain('warning: other machines can reach this sandbox on 0.0.0.0\n')
  expect(out).toMatch(/^TESOURO_BASE_URL='http:\/\/127\.0\.0\.1:\d+'\n/)
  expect((await fetch(`${result.baseUrl}/nowhere`)).status).toBe(404)
  await result.close()
})

test('a host that is this machine alone is warned about, because of how it is written', async () => {
  for (const host of ['127.1', 'LOCALHOST', '127.0.0.2', '::1']) {
    const { result, err } = await run('--host', host, '--port', '0')
    if (typeof result === 'number') throw new Error(err)
    expect(err).not.toContain('warning')
    await result.close()
  }
})
