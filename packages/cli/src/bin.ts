import { runCli } from './program.js'
import { nodeTerminal } from './terminal/node-terminal.js'

process.exitCode = await runCli(process.argv.slice(2), nodeTerminal())

// A name server that does not answer, or a connection that was given up, would keep the process for many seconds.
setTimeout(() => process.exit(), 1_000).unref()
