import { runCli } from './program.js'
import { nodeTerminal } from './terminal/node-terminal.js'

process.exitCode = await runCli(process.argv.slice(2), nodeTerminal())
