import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const next = join(dirname(createRequire(import.meta.url).resolve('next/package.json')), 'dist/bin/next')

/** The folder of one of the applications beside this file. */
export function folderOf(app: string): string {
  return fileURLToPath(new URL(app, import.meta.url))
}

/** Next's command with nothing in its environment but what is given. */
function run(
  args: string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): {
  child: ChildProcess
  said: () => string
} {
  const child = spawn(process.execPath, [next, ...args], {
    cwd: folder,
    env: { NODE_ENV: 'production', PATH: process.env.PATH ?? '', NEXT_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  return { child, said: () => said }
}

/** A production build: whether it went well, and what it printed. */
export async function build(
  app: string,
  env: Readonly<Record<string, string>> = {},
  ...flags: string[]
): Promise<{ ok: boolean; output: string }> {
  const { child, said } = run(['build', ...flags], folderOf(app), env)
  const [code] = await once(child, 'close')
  return { ok: code === 0, output: said() }
}

/** A production server of a built application. */
export interface Running {
  origin: string
  /** Everything that it has printed. */
  said(): string
  close(): Promise<void>
}

export async function start(app: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const { child, said } = run(['start', '--port', '0', '--hostname', '127.0.0.1'], folderOf(app), env)
  const gone = once(child, 'close')
  const origin = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said()) ?? []
      if (address !== undefined && said().includes('Ready')) resolve(address)
    }
    child.stdout?.on('data', look)
    gone.then(([code]) => reject(new Error(`next start ended with ${code}:\n${said()}`)), reject)
  })
  return {
    origin,
    said,
    async close() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
