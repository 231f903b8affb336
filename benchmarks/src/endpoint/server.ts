import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A server in a process of its own. */
export interface Server {
  origin: string
  close(): Promise<void>
}

/** Starts one, and waits until it prints where it listens. */
export async function startServer(
  args: readonly string[],
  { cwd, env = {} }: { cwd?: string; env?: { [name: string]: string } } = {},
): Promise<Server> {
  const child = spawn(process.execPath, args, {
    ...(cwd !== undefined && { cwd }),
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  let printed = ''
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      const [address] = /http:\/\/127\.0\.0\.1:\d+\b/.exec(printed) ?? []
      if (address !== undefined) resolve(address)
    })
    gone.then(([code]) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${printed}`)), reject)
  })
  return {
    origin,
    async close() {
      child.kill()
      await gone
    },
  }
}
