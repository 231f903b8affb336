import { lookup } from 'node:dns/promises'
import { createRequire } from 'node:module'
import type { Sandbox } from '../sandbox.js'
import { SandboxStartError } from '../server.js'
import { startSandbox } from '../start.js'
import { type Arguments, readArguments } from './arguments.js'
import { writeEnvFile } from './env-file.js'
import { assignment } from './env-text.js'
import { helpText } from './flags.js'
import { UsageError } from './usage-error.js'
import { readUsersFile } from './users-file.js'

/** Where {@link runSandboxCommand} writes. */
export interface SandboxCommandOutput {
  /** Receives the variables, and nothing else. */
  out(text: string): void
  /** Receives requests, warnings, and what is wrong. */
  err(text: string): void
}

/**
 * Does what `npx @tesouro-tokens/sandbox` does, inside another command line, until the sandbox listens. Wrong use is
 * reported to `err` in one line.
 *
 * @param words the flags, without the name of the command
 * @param output where the variables go, and everything else
 * @returns the running sandbox, which the caller closes; or the exit code: 0 after `--help` and `--version`, 2 after wrong
 * use
 * @throws an error that is no wrong use: a mistake of the sandbox itself
 *
 * @example
 * ```ts
 * import { runSandboxCommand } from '@tesouro-tokens/sandbox'
 *
 * const result = await runSandboxCommand(process.argv.slice(2), {
 *   out: (text) => void process.stdout.write(text),
 *   err: (text) => void process.stderr.write(text),
 * })
 * if (typeof result === 'number') process.exitCode = result
 * ```
 */
export async function runSandboxCommand(
  words: readonly string[],
  output: SandboxCommandOutput,
): Promise<Sandbox | number> {
  try {
    const given = readArguments(words)
    if (given.help || given.version) {
      output.out(given.help ? helpText() : `${version()}\n`)
      return 0
    }
    return await start(given, output)
  } catch (error) {
    if (error instanceof UsageError || error instanceof SandboxStartError) {
      output.err(`tesouro-sandbox: ${error.message}\n`)
      return 2
    }
    throw error
  }
}

async function start(given: Arguments, { out, err }: SandboxCommandOutput): Promise<Sandbox> {
  const { port, host, seed, writeEnv, quiet, json } = given
  const users = given.users === undefined ? undefined : await readUsersFile(given.users)
  const log = (line: string): void => err(`${new Date().toISOString().slice(11, 23)} ${line}\n`)
  const sandbox = await startWith({ port, host, seed, users, ...(!quiet && { log }) })
  try {
    if (writeEnv !== undefined) await writeEnvFile(writeEnv, sandbox.env)
  } catch (error) {
    await sandbox.close()
    throw error
  }
  const { baseUrl, env } = sandbox
  if (host !== undefined && !(await isLoopback(host))) {
    err(`warning: other machines can reach this sandbox on ${host}\n`)
  }
  err(`The platform listens on ${baseUrl}. Its variables are worth nothing elsewhere. Ctrl-C stops it.\n`)
  const lines = Object.entries(env).map(([name, value]) => assignment(name, value))
  out(json ? `${JSON.stringify({ baseUrl, env })}\n` : `${lines.join('\n')}\n`)
  return sandbox
}

/** The options' own check speaks of options; here they are flags. */
async function startWith(options: Parameters<typeof startSandbox>[0]): Promise<Sandbox> {
  try {
    return await startSandbox(options)
  } catch (error) {
    if (!(error instanceof TypeError) || !error.message.startsWith('startSandbox: ')) throw error
    throw new UsageError(asFlags(error.message))
  }
}

const asFlags = (message: string): string =>
  message
    .replace(/^startSandbox: /, '')
    .replace(/(^|; )(\w+)(\.?)/g, (_, before, name, dot) => `${before}--${name}${dot === '' ? '' : ': '}`)

/** By the address that a host stands for, as the server has taken it: `127.1` and many a name of this machine are loopback. */
async function isLoopback(host: string): Promise<boolean> {
  const { address } = await lookup(host)
  return /^(?:::ffff:)?127\.|^::1$/.test(address)
}

function version(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../package.json')
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
