import { parseArgs } from 'node:util'
import { startSandbox } from './start.js'

const help = `The Tesouro platform on localhost, for demos and tests (unofficial).

Usage: tesouro-sandbox [--port <number>] [--help]

  -p, --port <number>   TCP port on 127.0.0.1; default: a free one
  -h, --help            this text

Prints the variables of a .env file, then one line for each request. Ctrl-C stops it.
`

function readArguments(): { port: number; help: boolean } {
  const { values } = parseArgs({
    options: { port: { type: 'string', short: 'p' }, help: { type: 'boolean', short: 'h' } },
  })
  const port = values.port ?? '0'
  if (!/^\d{1,5}$/.test(port)) throw new TypeError('--port wants a number from 0 to 65535')
  return { port: Number(port), help: values.help ?? false }
}

async function main(): Promise<void> {
  const options = readArguments()
  if (options.help) {
    process.stdout.write(help)
    return
  }
  const say = (line: string): boolean => process.stdout.write(`${line}\n`)
  const sandbox = await startSandbox({
    port: options.port,
    log: (line) => say(`${new Date().toISOString().slice(11, 23)} ${line}`),
  })
  say(`# The platform listens on ${sandbox.baseUrl}. Paste this into a .env; it is worth nothing elsewhere.`)
  for (const [name, value] of Object.entries(sandbox.env)) say(`${name}='${value}'`)
  say('# Ctrl-C stops it. One line for each request:')

  const stop = (): void => {
    sandbox.close().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

main().catch((error: unknown) => {
  process.stderr.write(`tesouro-sandbox: ${error instanceof Error ? error.message : 'it could not start'}\n`)
  process.exitCode = 1
})
