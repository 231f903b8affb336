import { readFileSync } from 'node:fs'
import { isTesouroTokensError } from '@tesouro-tokens/core'
import { Command, CommanderError } from 'commander'
import { addDoctor } from './commands/doctor.js'
import { addExchange } from './commands/exchange.js'
import { addInspect } from './commands/inspect.js'
import { addKeygen } from './commands/keygen.js'
import { addMint } from './commands/mint.js'
import { addSandbox } from './commands/sandbox.js'
import { readEnvironment } from './environment/environment.js'
import { type ExitCode, Session } from './session.js'
import type { Terminal } from './terminal/terminal.js'
import { UsageError } from './terminal/usage-error.js'

/**
 * Runs a command as in a terminal. Never rejects.
 *
 * @param args what follows the name of the program: `['doctor', '--json']`
 * @param terminal where it runs; default: the one of this process
 *
 * @returns the exit code
 *
 * @example
 * ```ts
 * import { nodeTerminal, runCli } from '@tesouro-tokens/cli'
 *
 * process.exitCode = await runCli(['doctor', '--json'], nodeTerminal())
 * ```
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const session = new Session(terminal)
  const written: string[] = []
  const program = programFor(session, written)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return session.exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    // A command that needs another one behind it has written what there is.
    if (error instanceof CommanderError && error.code === 'commander.help') {
      terminal.error(written.join(''))
      return 2
    }
    return tellFailure(error, args, session)
  }
}

function programFor(session: Session, written: string[]): Command {
  const { terminal } = session
  const program = new Command('tesouro-tokens')
    .description(
      'Says what is wrong with a Tesouro token set-up before the first visitor meets it (unofficial).\nExit codes: 0 all is well, 1 something is wrong, 2 the command was used wrongly.',
    )
    .version(versionOfPackage(), '--version', 'prints the version of this program')
    .exitOverride()
    .configureHelp({ helpWidth: Math.min(terminal.columns, 100) })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      // Errors are written once, by tellFailure.
      writeErr: (text) => void written.push(text),
      getOutHasColors: () => terminal.color,
    })
  for (const add of [addDoctor, addInspect, addMint, addExchange, addKeygen, addSandbox])
    add(program, session)
  return program
}

function versionOfPackage(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return String(version)
}

/** In text on the standard error; with `--json` as a document on the standard output. */
function tellFailure(error: unknown, args: readonly string[], session: Session): ExitCode {
  const usage = error instanceof CommanderError || error instanceof UsageError
  if (usage) learnSecrets(session)
  const code = usage ? 'usage' : isTesouroTokensError(error) ? error.code : 'internal'
  const message = session.secrets.hide(usage ? withoutValues(error.message) : messageOf(error))
  if (args.includes('--json')) {
    const command = args.find((arg) => /^[a-z]{3,12}$/.test(arg))
    session.output(true).document({ command, ok: false, error: { code, message } })
  } else session.terminal.error(`${message}\n`)
  return usage ? 2 : 1
}

/** An error of use comes before the environment is read, and may repeat what was pasted in the wrong place. */
function learnSecrets({ terminal, secrets }: Session): void {
  try {
    readEnvironment(terminal, secrets)
  } catch {
    // a .env that cannot be read: what stands in the environment is known by then
  }
}

/** Our own errors hold no secret; of any other only the name is shown. */
function messageOf(error: unknown): string {
  if (isTesouroTokensError(error)) return error.message
  const name = error instanceof Error ? error.constructor.name : typeof error
  return `the command failed (${name}). This is a mistake of ours: please report it`
}

/** Words, flags and short names; `--user <id>` is how an option is declared. */
const plainWord = /^(?:-{0,2}[A-Za-z][A-Za-z-]{0,29}(?: <[^>]{1,20}>)?|[\w-]{1,8})$/

/** An unknown argument may be a token or a secret that was pasted, and an unknown flag may carry a value. */
function withoutValues(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/'([^']*)'/g, (_, quoted: string) => `'${shownWord(quoted)}'`)
    .replaceAll('\n', ' ')
}

function shownWord(quoted: string): string {
  const [name = '', ...value] = quoted.split('=')
  if (!plainWord.test(name)) return '…'
  return value.length > 0 ? `${name}=…` : name
}
