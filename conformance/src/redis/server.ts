import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from './ask.js'
import { killProcess, onFreePort, startProcess } from './process.js'

/** A Redis of this test's own on loopback, which writes nothing to disk. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number
  /** `redis://127.0.0.1:PORT` */
  readonly url: string
  /** Runs a command, and gives the answer as redis-cli prints it. Rejects when the server refuses. */
  command(...args: string[]): Promise<string>
  /** SIGSTOP: connections stay open and nothing is answered. */
  pause(): void
  /** SIGCONT */
  resume(): void
  /** SIGKILL: connections break, and what was stored is gone. */
  kill(): Promise<void>
  /** Kills it, if it still runs, and starts it again on the same port, empty. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a Redis on a free port.
 *
 * @param settings more of redis-server's settings, such as `['--maxmemory', '1mb']`
 *
 * @example
 * ```ts
 * await using redis = await startRedis()
 * const client = await createClient({ url: redis.url }).connect()
 * ```
 */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-redis-'))
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const startOn = async (port: number) => {
    const fixed = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder]
    return {
      port,
      child: await startProcess([...fixed, '--save', '', '--appendonly', 'no', ...settings]),
    }
  }
  let { port, child } = await onFreePort(startOn).catch(async (error) => {
    await removeFolder()
    throw error
  })
  const stop = async (): Promise<void> => {
    await killProcess(child)
    await removeFolder()
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    command: (...args) => ask(port, args),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => killProcess(child),
    async restart() {
      await killProcess(child)
      ;({ port, child } = await startOn(port))
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
