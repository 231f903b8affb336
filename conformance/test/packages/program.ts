import { fork } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sandbox } from '@tesouro-tokens/sandbox'
import { transform } from 'esbuild'
import { expect } from 'vitest'
import { blocksOf } from '../../src/markdown.js'

const tellPort = fileURLToPath(new URL('../../fixtures/tell-port.mjs', import.meta.url))

/** The program that a page prints: its first block of TypeScript that starts a server, and imports that package. */
export function printedProgram(page: string, imported = ''): string {
  const block = blocksOf(page).find(({ code }) => /\b(listen|serve)\(/.test(code) && code.includes(imported))
  if (block === undefined) throw new Error(`${page} has no program in it`)
  return block.code
}

/** A program under way in a process of its own. */
export interface Program extends AsyncDisposable {
  readonly address: string
}

/** Starts TypeScript as an ES module, as CommonJS, or as it is (.mts), in a folder that has node_modules. */
export async function startProgram(options: {
  folder: string
  file: `${string}.mjs` | `${string}.cjs` | `${string}.mts`
  code: string
  env: { readonly [name: string]: string }
}): Promise<Program> {
  const { folder, file, code, env } = options
  await writeFile(join(folder, file), file.endsWith('.mts') ? code : await toJavascript(code, file))

  const child = fork(join(folder, file), {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...env },
    execArgv: ['--import', tellPort],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  child.stdout?.on('data', (text: Buffer) => (said += text.toString()))
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()))
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}:\n${said}`)))
  })
  gone.catch(() => {})
  const started = new Promise<number>((resolve) => {
    child.on('message', (message: { port: number }) => resolve(message.port))
  })
  const port = await Promise.race([started, gone])
  return {
    address: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill()
      await gone.catch(() => {})
    },
  }
}

async function toJavascript(code: string, file: string): Promise<string> {
  const format = file.endsWith('.cjs') ? 'cjs' : 'esm'
  const { code: javascript } = await transform(code, {
    loader: 'ts',
    format,
    target: 'node20',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  })
  if (format === 'cjs') expect(javascript).toContain('require("@tesouro-tokens/')
  return javascript
}

/** What every printed program does: signs in, mints for whoever signed in, calls as that user, signs out. */
export async function tryProgram({ address }: Program, sandbox: Sandbox): Promise<void> {
  const mint = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${address}/api/tesouro/widget-token`, { method: 'POST', headers })

  expect((await mint({})).status).toBe(401)
  const signedIn = await fetch(`${address}/sign-in`, { method: 'POST' })
  const headers = { cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' }

  const answer = await mint(headers)
  const body = (await answer.json()) as { widgetToken: string; exp: number }
  const opened = await sandbox.openWidgetToken(body.widgetToken)
  expect(opened).toMatchObject({ sub: 'user-1', email: 'user-1@example.com', exp: body.exp })

  const accounts = await fetch(`${address}/accounts`, { headers })
  expect(await accounts.json()).toHaveProperty('data')
  const signedOut = await fetch(`${address}/sign-out`, { method: 'POST', headers })
  expect(signedOut.status).toBe(204)
}
