import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis of our own, on a socket that nobody else knows. */
export interface RedisServer {
  socket: string
  close(): Promise<void>
}

/** `undefined` where no redis-server is installed. */
export async function startRedis(): Promise<RedisServer | undefined> {
  if (spawnSync('redis-server', ['--version']).error !== undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-bench-'))
  const socket = join(folder, 'redis.sock')
  const settings = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  await new Promise<void>((resolve, reject) => {
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (/Ready to accept connections|now ready to accept/.test(printed)) resolve()
    })
    gone.then(() => reject(new Error(`redis-server ended:\n${printed}`)), reject)
  })
  return {
    socket,
    async close() {
      child.kill()
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}
