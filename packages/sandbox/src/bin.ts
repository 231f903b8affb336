import { runSandboxCommand } from './command/run.js'

// A reader that has gone (`| head -1`) is no reason to end: the sandbox goes on for those who use it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

try {
  const result = await runSandboxCommand(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  })
  if (typeof result === 'number') {
    process.exitCode = result
  } else {
    const stop = (): void => {
      result.close().then(() => process.exit(0))
    }
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  }
} catch (error) {
  process.stderr.write(`tesouro-sandbox: ${error instanceof Error ? error.message : 'it could not start'}\n`)
  process.exitCode = 1
}
