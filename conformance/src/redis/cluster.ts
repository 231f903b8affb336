import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onFreePort, until } from './process.js'
import { type RedisServer, startRedis } from './server.js'

const run = promisify(execFile)

/** Three servers that share the slots between them. */
export interface RedisCluster extends AsyncDisposable {
  readonly nodes: readonly RedisServer[]
  stop(): Promise<void>
}

/** Starts a cluster of three nodes without replicas, and waits until each knows that it is complete. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes: RedisServer[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    for (let count = 1; count <= 3; count++) {
      // the nodes talk to one another on a port of their own
      const node = await onFreePort((bus) =>
        startRedis(['--cluster-enabled', 'yes', '--cluster-port', `${bus}`]),
      )
      nodes.push(node)
    }
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
    await Promise.all(nodes.map((node) => until(() => isComplete(node))))
  } catch (error) {
    await stop()
    throw error
  }
  return { nodes, stop, [Symbol.asyncDispose]: stop }
}

async function isComplete(node: RedisServer): Promise<boolean> {
  const info = await node.command('CLUSTER', 'INFO')
  return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')
}
