import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const binary = fileURLToPath(new URL('../bin/tesouro-tokens.js', import.meta.url))
if (!existsSync(new URL('../dist/bin.js', import.meta.url))) {
  throw new Error('dist/bin.js is missing: run `pnpm turbo run build` once before this test')
}

/** Runs the binary with an output that nobody reads. */
function runUnread(...args: string[]): Promise<{ code: number | null; error: string }> {
  const running = spawn(process.execPath, [binary, ...args], { cwd: tmpdir(), env: {} })
  running.stdout.destroy()
  let error = ''
  running.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text
  })
  running.stdin.end()
  return new Promise((resolve) => running.once('close', (code) => resolve({ code, error })))
}

test('a reader that has gone, as head has after its lines, ends a command with a stack trace or another exit code', async () => {
  expect(await runUnread('keygen', 'subject-token')).toEqual({ code: 0, error: '' })
  expect(await runUnread('doctor')).toEqual({ code: 1, error: '' })
})
