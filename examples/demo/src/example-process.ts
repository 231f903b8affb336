import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const readyWithinMs = 120_000
const stopWithinMs = 7_000
const lastWordsWithinMs = 500

/** An example that runs as a process of its own, as it would on a server. */
export interface ExampleProcess {
  /** Where it listens: the first local address that it printed. */
  origin: string
  /** Settles when the process is gone, with how it ended. */
  ended: Promise<string>
  stop(): Promise<void>
}

/** Starts Node in the folder and waits until it says where it listens. @throws Error when it ends before that */
export async function startExample(options: {
  folder: string
  command: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  onLine: (line: string) => void
}): Promise<ExampleProcess> {
  const { folder, command, env, onLine } = options
  const child = spawn(process.execPath, command, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`
      // its last words may still be on their way, unless somebody else holds its output open
      const timer = setTimeout(() => resolve(how), lastWordsWithinMs)
      child.once('close', () => {
        clearTimeout(timer)
        resolve(how)
      })
    })
  })
  void ended.then(() => process.off('exit', kill))

  const listening = new Promise<string>((resolve) => {
    const onOutput = (line: string): void => {
      const [origin] = /https?:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(line) ?? []
      if (origin !== undefined) resolve(origin)
      onLine(line)
    }
    createInterface(child.stdout).on('line', onOutput)
    createInterface(child.stderr).on('line', onLine)
  })
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(kill, stopWithinMs)
    await ended
    clearTimeout(timer)
  }

  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, readyWithinMs, new Error(`did not listen within ${readyWithinMs / 1000} s`))
  })
  const early = ended.then((how) => Promise.reject(new Error(`${how} before it listened`)))
  try {
    return { origin: await Promise.race([listening, early, late]), ended, stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
