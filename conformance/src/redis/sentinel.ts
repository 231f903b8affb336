import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from './ask.js'
import { killProcess, onFreePort, startProcess, until } from './process.js'
import { type RedisServer, startRedis } from './server.js'

/** A Sentinel that watches a primary and a replica of it. */
export interface RedisSentinel extends AsyncDisposable {
  /** The Sentinel's own port. */
  readonly port: number
  /** Under which name it knows the two. */
  readonly name: string
  readonly primary: RedisServer
  readonly replica: RedisServer
  /** Has the replica take over, and waits until the primary follows it. */
  failover(): Promise<void>
  stop(): Promise<void>
}

const name = 'primary'

/** Starts a primary, a replica of it, and a Sentinel that has seen both. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const folder = await mkdtemp(join(tmpdir(), 'tesouro-sentinel-'))
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne()
  }
  try {
    const primary = await startRedis()
    stops.push(primary.stop)
    const replica = await startRedis(['--replicaof', '127.0.0.1', `${primary.port}`])
    stops.push(replica.stop)
    const { port, child } = await onFreePort(async (port) => {
      const file = join(folder, `${port}.conf`)
      await writeFile(file, configuration(port, folder, primary.port))
      return { port, child: await startProcess([file, '--sentinel']) }
    })
    stops.push(() => killProcess(child))

    const told = (question: string): Promise<string> => ask(port, ['SENTINEL', question, name])
    await until(async () => (await replica.command('INFO', 'replication')).includes('link_status:up'))
    await until(async () => (await told('replicas')).includes(`${replica.port}`))
    const failover = async (): Promise<void> => {
      await told('failover')
      await until(async () => (await told('get-master-addr-by-name')).endsWith(`${replica.port}`))
      // Sentinel breaks every connection of a primary that it makes a replica, that of the one who asks here too.
      const role = (): Promise<string> => primary.command('INFO', 'replication').catch(() => '')
      await until(async () => (await role()).includes('role:slave'))
    }
    return { port, name, primary, replica, failover, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function configuration(port: number, folder: string, primaryPort: number): string {
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${name} 127.0.0.1 ${primaryPort} 1`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 5000`,
  ]
  return `${lines.join('\n')}\n`
}
