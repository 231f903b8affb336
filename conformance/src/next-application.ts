import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

type Environment = Readonly<Record<string, string>>

/** A production server of a built application. */
export interface RunningNext {
  /** Scheme, host and port. */
  origin: string
  /** Everything that it has printed. */
  said(): string
  close(): Promise<void>
}

/** A production build by the Next that stands beside the application: whether it went well, and what it printed. */
export async function buildNext(
  folder: string,
  env: Environment = {},
  ...flags: string[]
): Promise<{ ok: boolean; output: string }> {
  const { child, said } = run(['build', ...flags], folder, env)
  const [code] = await once(child, 'close')
  return { ok: code === 0, output: said() }
}

/** Starts what was built, on a free port of loopback. */
export async function startNext(folder: string, env: Environment): Promise<RunningNext> {
  const { child, said } = run(['start', '--port', '0', '--hostname', '127.0.0.1'], folder, env)
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

/** Next's command with nothing in its environment but what is given. */
function run(args: string[], folder: string, env: Environment): { child: ChildProcess; said: () => string } {
  const next = createRequire(join(folder, 'package.json')).resolve('next/package.json')
  const child = spawn(process.execPath, [join(dirname(next), 'dist/bin/next'), ...args], {
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
