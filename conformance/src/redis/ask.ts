import { Redis } from 'ioredis'

/**
 * Runs a command over a connection of its own, and gives the answer as redis-cli prints it: an element on each line. A
 * process for each question would cost a hundred times as much.
 */
export async function ask(port: number, [command = '', ...args]: readonly string[]): Promise<string> {
  const connection = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: () => null,
  })
  // What goes wrong is told to the one who asks.
  connection.on('error', () => {})
  try {
    await connection.connect()
    return [await connection.call(command, ...args)].flat(Number.POSITIVE_INFINITY).join('\n')
  } finally {
    connection.disconnect()
  }
}
