import type { Command } from 'commander'
import type { Session } from '../session.js'

/** The sandbox's own command, with its own flags, until Ctrl-C. */
export function addSandbox(program: Command, session: Session): void {
  program
    .command('sandbox')
    .description(
      'starts the platform on localhost and prints the variables for a .env; `sandbox --help` has its flags',
    )
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[flags...]')
    .action(async (flags: string[]) => {
      // Loaded by this command alone: it brings an authorization server with it.
      const { runSandboxCommand } = await import('@tesouro-tokens/sandbox')
      const { out, error, interrupted } = session.terminal
      const sandbox = await runSandboxCommand(flags, { out, err: error })
      if (typeof sandbox === 'number') {
        session.exitCode = exitCodeOf(sandbox)
        return
      }
      await interrupted
      await sandbox.close()
    })
}

const exitCodeOf = (code: number): 0 | 1 | 2 => (code === 0 || code === 2 ? code : 1)
