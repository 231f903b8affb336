import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { beforeAll, expect, test } from 'vitest'
import { doctor, folder, run } from './run.js'

const bin = fileURLToPath(new URL('../bin/tesouro-tokens.js', import.meta.url))
let readme: string

beforeAll(async () => {
  readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
})

/** The program as a process of its own, in a pipe. */
async function program(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; out: string; error: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [bin, ...args], {
      env: { PATH: process.env.PATH, ...env },
      cwd: await folder(),
    })
    return { code: 0, out: stdout, error: stderr }
  } catch (error) {
    const { code, stdout, stderr } = Object(error)
    return { code, out: stdout, error: stderr }
  }
}

test('the doctor, in a pipe, paints, shows progress, or breaks lines at another width than 80', async () => {
  await using sandbox = await startSandbox()
  const { code, out, error } = await program(['doctor'], sandbox.env)
  expect(error).toBe('')
  expect(out).not.toContain('\u001b')
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect(out).toMatch(/Nothing is wrong: 10 ok, 2 not told\./)
  expect(code).toBe(0)
})

test('FORCE_COLOR paints no pipe, or NO_COLOR paints', async () => {
  const wrong = { TESOURO_ENVIRONMENT: 'sandbox', TESOURO_CLIENT_ID: 'x' }
  expect((await program(['doctor'], { ...wrong, FORCE_COLOR: '1' })).out).toContain('\u001b[')
  expect((await program(['doctor'], { ...wrong, FORCE_COLOR: '1', NO_COLOR: '1' })).out).not.toContain(
    '\u001b',
  )
})

test('JSON is mixed with something else, or painted', async () => {
  await using sandbox = await startSandbox()
  const user = ['--user', 'u', '--email', 'u@example.com']
  for (const args of [
    ['doctor'],
    ['mint', ...user],
    ['exchange', ...user],
    ['mint', ...user, '--print-token'],
    ['keygen', 'subject-token'],
    ['inspect', 'x.y'],
  ]) {
    const { out, error } = await program([...args, '--json'], { ...sandbox.env, FORCE_COLOR: '1' })
    expect(error).toBe('')
    expect(JSON.parse(out)).toMatchObject({ command: args[0] })
  }
})

test('the README lists other checks than there are, or another shape', async () => {
  const { report } = await doctor(['--endpoint', 'localhost:1/x'], { env: {} })
  const ids = [...new Set(report.checks.map(({ id }) => id))]
  const tables = [...readme.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id)
  expect(ids.filter((id) => !tables.includes(id))).toEqual([])
  expect(Object.keys(report)).toEqual(['command', 'ok', 'checks', 'summary'])
  for (const check of report.checks) {
    expect(Object.keys(check)).toEqual(['id', 'title', 'status', 'tried', 'found', 'todo'])
  }
})

/** The flags that the help text of a command lists, each with what it says. */
async function flagsOf(...command: string[]): Promise<[flag: string, text: string][]> {
  const { out } = await run([...command, '--help'], { columns: 100 })
  const options = out.slice(out.indexOf('\nOptions:\n')).split('\n\n')[0] ?? ''
  const unwrapped = options.replace(/\n {5,}/g, ' ')
  const found = unwrapped.matchAll(/^ {2}(--[\w-]+(?: <[^>]+>)?) +(.+)$/gm)
  return [...found].map(([, flag = '', text = '']) => [flag, text])
}

test('the table of flags says something else than --help', async () => {
  const listed = new Map<string, { text: string; commands: string[] }>()
  for (const command of ['doctor', 'inspect', 'mint', 'exchange', 'keygen subject-token']) {
    const [name = '', ...kind] = command.split(' ')
    for (const [flag, text] of await flagsOf(name, ...kind)) {
      const { commands } = listed.get(flag) ?? { commands: [] }
      listed.set(flag, { text, commands: [...commands, `\`${name}\``] })
    }
  }
  const rows = [...readme.matchAll(/^\| `(--[^`]+)` \| ([^|]+) \| (.+) \|$/gm)]
  expect(Object.fromEntries(rows.map(([, flag, of, text]) => [flag, `${of}: ${text}`]))).toEqual(
    Object.fromEntries(
      [...listed].map(([flag, { text, commands }]) => [flag, `${commands.join(', ')}: ${text}`]),
    ),
  )
  expect(rows.length).toBeGreaterThan(10)
})

test('a key that keygen has made cannot be used as it is printed', async () => {
  for (const algorithm of ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA'] as const) {
    const { out } = await run(['keygen', 'subject-token', '--algorithm', algorithm])
    const jwks = JSON.parse(
      out
        .split('\n')
        .filter((line) => line.startsWith('#'))
        .slice(2)
        .map((line) => line.slice(2))
        .join('\n'),
    )
    expect(jwks.keys[0]).not.toHaveProperty('d')
    const { keys } = jwks as { keys: [{ kid: string }] }
    await using sandbox = await startSandbox({
      clients: [
        { clientId: 'c', subjectTokenKeys: [{ key: keys[0] as never, algorithm, keyId: keys[0].kid }] },
      ],
    })
    const cwd = await folder({ '.env': out })
    const {
      TESOURO_SUBJECT_TOKEN_KEY: _,
      TESOURO_SUBJECT_TOKEN_ALGORITHM: __,
      TESOURO_SUBJECT_TOKEN_KEY_ID: ___,
      ...env
    } = sandbox.env
    const { report } = await doctor([], { cwd, env })
    expect(report.checks.find(({ id }) => id === 'subject-token')).toMatchObject({ status: 'ok' })
  }
})

test('what is printed with --print-token is no token, or not alone', async () => {
  await using sandbox = await startSandbox()
  const user = ['--user', 'u_1', '--email', 'u_1@example.com']
  const minted = await run(['mint', ...user, '--print-token'], { env: sandbox.env })
  expect(await sandbox.openWidgetToken(minted.out.trim())).toMatchObject({ sub: 'u_1' })
  const exchanged = await run(['exchange', ...user, '--print-token'], { env: sandbox.env })
  expect(await sandbox.openAccessToken(exchanged.out.trim())).toMatchObject({ sub: 'u_1' })
  expect((await run(['exchange', '--app', '--print-token'], { env: sandbox.env })).code).toBe(0)
})

test('the sandbox does not print what a .env needs, or does not stop', async () => {
  let stop = (): void => {}
  const interrupted = new Promise<void>((resolve) => {
    stop = resolve
  })
  const written: string[] = []
  const out = (): string => written.join('')
  const ended = run(['sandbox'], { interrupted, out: (text) => written.push(text) })
  await expect.poll(out).toContain('TESOURO_SUBJECT_TOKEN_KEY_ID')
  const { report } = await doctor([], { cwd: await folder({ '.env': out() }) })
  expect(report.ok).toBe(true)
  stop()
  expect((await ended).code).toBe(0)
})

test('a port that is taken is told as a mistake of ours', async () => {
  await using sandbox = await startSandbox()
  const { port } = new URL(sandbox.baseUrl)
  const { code, error } = await run(['sandbox', '--port', port])
  expect(error).toMatch(/is in use/)
  expect(code).toBe(2)
})
