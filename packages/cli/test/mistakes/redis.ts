import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { type RedisServer, startRedis } from '@tesouro-tokens/conformance/redis'
import { onTestFinished } from 'vitest'
import { closedPort, envWith, type Mistake, server, socketServer } from './mistake.js'

export async function redis(settings: readonly string[] = []): Promise<RedisServer> {
  const started = await startRedis(settings)
  onTestFinished(() => started.stop())
  return started
}

/** A user of Redis with narrow rights, and the address under which it is asked. */
async function withRights(rules: readonly string[]): Promise<string> {
  const { command, port } = await redis()
  await command('ACL', 'SETUSER', 'app', 'on', '>canary-redis-password', ...rules)
  return `redis://app:canary-redis-password@127.0.0.1:${port}`
}

/** Stands in front of a Redis, and falls silent for good when it hears a command. Answers with its port. */
const proxyUntil = (command: string, port: number): Promise<number> =>
  socketServer((socket) => {
    const behind = connect(port, '127.0.0.1')
    behind.on('error', () => {})
    behind.on('data', (part) => socket.write(part))
    socket.on('data', (part) => {
      if (new RegExp(`\\r\\n${command}\\r\\n`, 'i').test(String(part))) behind.removeAllListeners('data')
      else behind.write(part)
    })
    socket.on('close', () => behind.destroy())
  })

/** Stands in front of a Redis, and says something else of it, of the same length. Answers with its port. */
export const saying = (told: RegExp, instead: string | (() => string), port: number): Promise<number> =>
  socketServer((socket) => {
    const behind = connect(port, '127.0.0.1')
    behind.on('error', () => {})
    behind.on('data', (part) =>
      socket.write(Buffer.from(part.toString('latin1').replace(told, instead as string), 'latin1')),
    )
    socket.on('data', (part) => behind.write(part))
    socket.on('close', () => behind.destroy())
  })

/** Stands in front of a Redis, and refuses scripts, as one does that is in another state. Answers with its port. */
const refusingScripts = (error: string, port: number): Promise<number> =>
  socketServer((socket) => {
    const behind = connect(port, '127.0.0.1')
    behind.on('error', () => {})
    behind.on('data', (part) => socket.write(part))
    socket.on('data', (part) => {
      if (/\r\neval(?:sha)?\r\n/i.test(String(part))) socket.write(`-${error}\r\n`)
      else behind.write(part)
    })
    socket.on('close', () => behind.destroy())
  })

const supported = /The server is Redis (\d+)/.exec(
  readFileSync(new URL('../../../redis/README.md', import.meta.url), 'utf8'),
)?.[1]

const withRedis = async (url: string): Promise<{ env: { [name: string]: string | undefined } }> => ({
  env: await envWith({ REDIS_URL: url }),
})

/** A Redis that does not do what the cache needs. */
export const redisMistakes: readonly Mistake[] = [
  {
    name: 'a Redis that is not there',
    setUp: async () => withRedis(`redis://127.0.0.1:${await closedPort()}`),
    id: 'redis',
    status: 'fail',
    found: /nothing listens there/,
    todo: /REDIS_URL/,
  },
  {
    name: 'a Redis that wants a password',
    setUp: async () => withRedis((await redis(['--requirepass', 'canary-of-redis'])).url),
    id: 'redis',
    status: 'fail',
    found: /NOAUTH/,
    todo: /redis:\/\/user:password@/,
  },
  {
    name: 'a wrong password of Redis',
    setUp: async () => {
      const { port } = await redis(['--requirepass', 'canary-of-redis'])
      return withRedis(`redis://:canary-that-is-wrong@127.0.0.1:${port}`)
    },
    id: 'redis',
    status: 'fail',
    found: /WRONGPASS/,
  },
  {
    name: 'a user of Redis who may not run scripts',
    setUp: async () =>
      withRedis(await withRights(['~tesouro:*', '&tesouro:*', '+@all', '-eval', '-evalsha'])),
    id: 'redis',
    status: 'fail',
    found: /storing a value does not work: NOPERM/,
    todo: /ACL SETUSER/,
  },
  {
    name: 'a user of Redis who may not listen to logouts',
    setUp: async () => withRedis(await withRights(['~tesouro:*', 'resetchannels', '+@all'])),
    id: 'redis',
    status: 'fail',
    found: /a logout, and its announcement to other processes does not work/,
    todo: /&tesouro:\*/,
  },
  {
    name: 'a Redis that evicts whomever it likes',
    setUp: async () =>
      withRedis((await redis(['--maxmemory', '64mb', '--maxmemory-policy', 'volatile-ttl'])).url),
    id: 'redis',
    status: 'warn',
    found: /evicts by volatile-ttl: anybody may cost another exchange/,
    todo: /noeviction/,
  },
  ...['p@ss/word', 'p/ssword', 'p?ssword', 'p@ss#word'].map((password) => ({
    name: `${password} as the password of Redis`,
    setUp: () => withRedis(`redis://:${password}@127.0.0.1:6379`),
    id: 'redis',
    status: 'fail' as const,
    found: /^the user or the password in REDIS_URL holds a character/,
    todo: /Percent-encode/,
  })),
  {
    name: 'a Redis that is older than the README of the cache says',
    setUp: async () =>
      withRedis(
        `redis://127.0.0.1:${await saying(/(redis_version:)\d+\.\d+/, '$16.2', (await redis()).port)}`,
      ),
    id: 'redis',
    status: 'warn',
    found: new RegExp(`^Redis 6\\.2\\.\\d+ is older than Redis ${supported}`),
    todo: new RegExp(`Use Redis ${supported} or later`),
  },
  ...(
    [
      ['READONLY You can’t write against a read only replica.', /names a replica/],
      ['OOM command not allowed when used memory > maxmemory.', /raise maxmemory/],
      ['MOVED 3999 127.0.0.1:6381', /a node of a cluster/],
      ['CLUSTERDOWN Hash slot not served', /a node of a cluster/],
      ['NOAUTH Authentication required.', /redis:\/\/user:password@/],
      ['MISCONF Errors writing to the AOF file', /log of the Redis server/],
    ] as const
  ).map(([error, todo]) => ({
    name: `a Redis that answers ${error.split(' ', 1)}`,
    setUp: async () => withRedis(`redis://127.0.0.1:${await refusingScripts(error, (await redis()).port)}`),
    id: 'redis',
    status: 'fail' as const,
    found: /^storing a value does not work: [A-Z]+$/,
    todo,
  })),
  {
    name: 'a host of Redis that does not exist',
    setUp: () => withRedis(`redis://${'a'.repeat(64)}.example`),
    id: 'redis',
    status: 'fail',
    found: /its name has no address/,
    todo: /Correct the host/,
  },
  {
    name: 'a REDIS_URL that is no address, with a % that nothing follows',
    setUp: () => withRedis('redis://:canary%@'),
    id: 'redis',
    status: 'fail',
    found: /REDIS_URL is no address of a Redis|cannot be used/,
  },
  {
    name: 'a database that Redis does not have',
    setUp: async () => withRedis(`${(await redis()).url}/99`),
    id: 'redis',
    status: 'fail',
    found: /no database of that number/,
  },
  {
    name: 'rediss: where Redis speaks no TLS',
    setUp: async () => withRedis((await redis()).url.replace('redis:', 'rediss:')),
    id: 'redis',
    status: 'fail',
    found: /does not answer|connection broke/,
    todo: /speak no TLS \(redis:/,
  },
  {
    name: 'tokens that lie readable in Redis',
    setUp: async () => {
      const { command, url } = await redis()
      await command(
        'SET',
        'tesouro:{person}:token:variant',
        '{"v":1,"accessToken":"canary-access-token"}',
        'PX',
        '60000',
      )
      return withRedis(url)
    },
    id: 'redis',
    status: 'warn',
    found: /1 access tokens? .*unsealed/,
    todo: /keygen cache-key/,
  },
  {
    name: 'a Redis that stands still',
    setUp: async () => {
      const stopped = await redis()
      stopped.pause()
      onTestFinished(() => stopped.resume())
      return withRedis(stopped.url)
    },
    id: 'redis',
    status: 'fail',
    found: /does not answer/,
  },
  ...['info', 'eval(?:sha)?', 'subscribe'].map((command) => ({
    name: `a proxy that answers no more from ${command} on`,
    setUp: async () => withRedis(`redis://127.0.0.1:${await proxyUntil(command, (await redis()).port)}`),
    id: 'redis',
    status: 'fail' as const,
    found: /does not answer|no answer in time/,
  })),
  {
    name: 'a REDIS_URL that names a web server',
    setUp: async () =>
      withRedis((await server((_request, response) => response.end('hello'))).replace('http:', 'redis:')),
    id: 'redis',
    status: 'fail',
    found: /cannot be used|does not answer/,
  },
  {
    name: 'a Redis that ends connections',
    setUp: async () => withRedis(`redis://127.0.0.1:${await socketServer((socket) => socket.destroy())}`),
    id: 'redis',
    status: 'fail',
    found: /cannot be used|does not answer/,
  },
]
