import pc from 'picocolors'
import type { Terminal } from './terminal.js'

const longestInput = 64 * 1_024

/** The terminal, or pipe, that this process was started in. */
export function nodeTerminal(): Terminal {
  const { stdout, stderr } = process
  let interrupted: Promise<void> | undefined
  // A reader that has gone (`| head -1`) is no reason to end with a stack trace, nor to leave the work half done.
  for (const stream of [stdout, stderr]) stream.on('error', () => {})
  return {
    out: (text) => void stdout.write(text),
    error: (text) => void stderr.write(text),
    read: readStandardInput,
    columns: stdout.columns ?? 80,
    color: pc.isColorSupported && (stdout.isTTY === true || Boolean(process.env.FORCE_COLOR)),
    progress: stderr.isTTY === true,
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(),
    nodeVersion: process.versions.node,
    // A listener keeps Ctrl-C from ending the process, so it is added only by the command that waits for it.
    get interrupted() {
      interrupted ??= new Promise((resolve) => {
        process.once('SIGINT', () => resolve())
        process.once('SIGTERM', () => resolve())
      })
      return interrupted
    },
  }
}

async function readStandardInput(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Paste the token, then press Enter and Ctrl-D.\n')
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of process.stdin) {
    parts.push(Buffer.from(part))
    length += part.length
    if (length > longestInput) break
  }
  return Buffer.concat(parts).toString('utf8').slice(0, longestInput)
}
