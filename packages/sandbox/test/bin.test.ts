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

let child: ChildProcess | undefined
afterEach(() => {
  child?.kill('SIGKILL')
})

/** Starts the binary; `output` grows while it runs. */
function run(...args: string[]): {
  process: ChildProcess
  output: () => string
  exit: Promise<number | null>
} {
  const started = spawn(process.execPath, [binary, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  child = started
  let output = ''
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const exit = new Promise<number | null>((resolve) => started.once('close', resolve))
  return { process: started, output: () => output, exit }
}

test('the variables that it prints work as a .env file, and requests show up line by line', async () => {
  const { process: running, output, exit } = run('--port', '0')
  await vi.waitFor(() => expect(output()).toContain('# Ctrl-C stops it'), { timeout: 20_000 })
  const env = parseEnv(output())
  expect(Object.keys(env).every((name) => name.startsWith('TESOURO_'))).toBe(true)
  expect(output()).not.toContain('WARNING')
  const tokens = tesouroTokensFromEnv({ env })
  const { accessToken } = await tokens.getUserAccessToken({ sub: 'u_1', email: 'u_1@partner.test' })
  await tokens.close()
  await vi.waitFor(() => expect(output()).toContain('200 token_exchange client=sandbox-client user=u_1'))
  expect(output()).not.toContain(accessToken)
  running.kill('SIGTERM')
  expect(await exit).toBe(0)
})

test('Ctrl-C ends it while a request hangs', async () => {
  const { process: running, output, exit } = run()
  await vi.waitFor(() => expect(output()).toContain('# Ctrl-C stops it'), { timeout: 20_000 })
  const baseUrl = String(parseEnv(output()).TESOURO_BASE_URL)
  await fetch(`${baseUrl}/__sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"fault":"hang"}',
  })
  const hanging = fetch(baseUrl).catch((error: unknown) => error)
  await vi.waitFor(() => expect(output()).toContain('no answer'))
  running.kill('SIGINT')
  expect(await exit).toBe(0)
  expect(await hanging).toBeInstanceOf(TypeError)
})

test('--help explains, and what it does not understand ends with 1', async () => {
  const helping = run('--help')
  expect(await helping.exit).toBe(0)
  expect(helping.output()).toContain('--port')
  for (const args of [
    ['--prot', '1'],
    ['--port', 'many'],
    ['--port', '70000'],
  ]) {
    const refused = run(...args)
    expect(await refused.exit).toBe(1)
    expect(refused.output()).toMatch(/^tesouro-sandbox: .*(?:prot|port)/i)
  }
})
