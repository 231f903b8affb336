import { type Command, InvalidArgumentError } from 'commander'
import type { Session } from '../session.js'
import { UsageError } from '../terminal/usage-error.js'
import { type CommonOptions, withJson } from './options.js'

/** The platform on this machine, until Ctrl-C. */
export function addSandbox(program: Command, session: Session): void {
  withJson(program.command('sandbox'))
    .description('starts the platform on localhost and prints the variables for a .env; Ctrl-C stops it')
    .option('--port <number>', 'TCP port on 127.0.0.1; default: a free one', portOf, 0)
    .action(async ({ port, json }: CommonOptions & { port: number }) => {
      // Loaded by this command alone: it brings an authorization server with it.
      const { startSandbox } = await import('@tesouro-tokens/sandbox')
      const output = session.output(json)
      const sandbox = await startSandbox({ port, ...(!json && { log: (line) => output.raw(line) }) }).catch(
        (error: unknown) => Promise.reject(cannotListen(error, port)),
      )
      try {
        if (output.json)
          output.raw(
            JSON.stringify({ command: 'sandbox', ok: true, baseUrl: sandbox.baseUrl, env: sandbox.env }),
          )
        else {
          output.raw(
            `# The platform listens on ${sandbox.baseUrl}. Paste this into a .env; it is worth nothing elsewhere.`,
          )
          for (const [name, value] of Object.entries(sandbox.env)) output.raw(`${name}='${value}'`)
          output.raw('# Ctrl-C stops it. One line for each request:')
        }
        await session.terminal.interrupted
      } finally {
        await sandbox.close()
      }
    })
}

function cannotListen(error: unknown, port: number): unknown {
  const { code } = Object(error)
  if (code === 'EADDRINUSE') {
    return new UsageError(
      `--port ${port}: another program listens there (EADDRINUSE). Stop it, or take another port`,
    )
  }
  if (code === 'EACCES')
    return new UsageError(`--port ${port}: this user may not listen there (EACCES). Take a port from 1024 on`)
  return error
}

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('a number from 0 to 65535 is needed')
  return Number(text)
}
