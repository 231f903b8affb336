import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the processes keep what they share. */
export interface Redis {
  url: string
  stop(): Promise<void>
}

/** The Redis of `REDIS_URL`, or one of this machine's own, which keeps nothing. @throws Error when there is none */
export async function findRedis(): Promise<Redis> {
  const { REDIS_URL } = process.env
  if (REDIS_URL) return { url: REDIS_URL, stop: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-fleet-'))
  const port = await unusedPort()
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = async (): Promise<void> => {
    process.off('exit', kill)
    kill()
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  const listens = new Promise<boolean>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      if (text.includes('Ready to accept connections')) resolve(true)
    })
    void gone.then(() => resolve(false))
  })
  if (await listens) return { url: `redis://127.0.0.1:${port}`, stop }
  await stop()
  throw new Error(
    'a fleet needs a Redis: install redis-server (or valkey-server under that name), or set REDIS_URL',
  )
}

function unusedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}
