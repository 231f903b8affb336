import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { tesouroTokensFromEnv } from '@tesouro-tokens/core'
import { afterEach, expect, test, vi } from 'vitest'

const binary = fileURLToPath(new URL('../bin/tesouro-sandbox.js', import.meta.url))
if (!existsSync(new URL('../dist/bin.js', import.meta.url))) {
  throw new Error('dist/bin.js is missing: run `pnpm turbo run build` once before this test')
}

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts the binary; `out` and `err` grow while it runs. */
function run(...args: string[]): {
  process: ChildProcess
  out: () => string
  err: () => string
  exit: Promise<number | null>
} {
  const started = spawn(process.execPath, [binary, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(started)
  let out = ''
  let err = ''
  started.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  started.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const exit = new Promise<number | null>((resolve) => started.once('close', resolve))
  return { process: started, out: () => out, err: () => err, exit }
}

const ready = { timeout: 120_000 }

test('stdout is a .env file and nothing else, and requests show up on stderr line by line', async () => {
  const { process: running, out, err, exit } = run('--port', '0')
  await vi.waitFor(() => expect(out()).toContain('KEY_ID'), ready)
  for (const line of out().trim().split('\n')) expect(line).toMatch(/^TESOURO_[A-Z_]+='[^']+'$/)
  const tokens = tesouroTokensFromEnv({ env: parseEnv(out()) })
  const { accessToken } = await tokens.getUserAccessToken({ sub: 'u_1', email: 'u_1@partner.test' })
  await tokens.close()
  await expect.poll(err).toContain('200 token_exchange client=sandbox-client user=u_1')
  expect(err()).not.toContain('warning')
  expect(out() + err()).not.toContain(accessToken)
  running.kill('SIGTERM')
  expect(await exit).toBe(0)
})

test('--json prints one object, --quiet no requests', async () => {
  const { out, err } = run('--json', '--quiet')
  await vi.waitFor(() => expect(out()).toMatch(/\n$/), ready)
  const { baseUrl, env } = JSON.parse(out())
  expect(env.TESOURO_BASE_URL).toBe(baseUrl)
  await fetch(`${baseUrl}/nowhere`)
  await fetch(`${baseUrl}/nowhere`)
  expect(err().trim().split('\n')).toHaveLength(1)
})

test('Ctrl-C ends it while a request hangs', async () => {
  const { process: running, out, err, exit } = run()
  await vi.waitFor(() => expect(out()).toContain('KEY_ID'), ready)
  const baseUrl = String(parseEnv(out()).TESOURO_BASE_URL)
  await fetch(`${baseUrl}/__sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"fault":"hang"}',
  })
  const hanging = fetch(baseUrl).catch((error: unknown) => error)
  await expect.poll(err).toContain('no answer')
  running.kill('SIGINT')
  expect(await exit).toBe(0)
  expect(await hanging).toBeInstanceOf(TypeError)
})

test('a reader of stdout that has gone does not end it', async () => {
  const { process: running, out } = run()
  await vi.waitFor(() => expect(out()).toContain('KEY_ID'), ready)
  running.stdout?.destroy()
  running.stderr?.destroy()
  const baseUrl = String(parseEnv(out()).TESOURO_BASE_URL)
  for (const _ of [1, 2, 3]) expect((await fetch(`${baseUrl}/nowhere`)).status).toBe(404)
  expect(running.exitCode).toBeNull()
})

test('--help and --version answer on stdout and end with 0', async () => {
  const helping = run('--help')
  expect(await helping.exit).toBe(0)
  expect(helping.out()).toContain('--write-env')
  const version = run('--version')
  expect(await version.exit).toBe(0)
  expect(version.out()).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
})

test('wrong use ends with one line on stderr and exit code 2', async () => {
  const refused = run('--prot', '1')
  expect(await refused.exit).toBe(2)
  expect(refused.err()).toBe('tesouro-sandbox: --prot is unknown: did you mean --port?\n')
  expect(refused.out()).toBe('')
})
