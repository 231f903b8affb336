import { readFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import {
  type RedisServer,
  redisIsMissing,
  startRedis,
  startRedisCluster,
} from '@tesouro-tokens/conformance/redis'
import { createTesouroTokens, isTesouroTokensError, layeredTokenCache } from '@tesouro-tokens/core'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisClient, redisLimitStore, redisTokenCache } from '../src/index.js'
import { type Opened, singleServer } from './clients.js'
import { alice, processWith, store } from './world.js'

const user = { username: 'tesouro', password: 'pass' }
const open: { readonly [name: string]: (server: RedisServer) => Promise<Opened> } = {
  'node-redis 6': async ({ url }) => {
    const client = createClient({ url, ...user })
    client.on('error', () => {})
    await client.connect()
    return { client, close: async () => client.destroy() }
  },
  'ioredis 6': async ({ port }) => {
    const client = new Redis(port, user)
    client.on('error', () => {})
    return { client, close: async () => client.disconnect() }
  },
}

/** The rules of the line in the README that makes a user, for the password of this test. */
async function rulesOfReadme(): Promise<string[]> {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const [, line = ''] = /^ACL SETUSER tesouro (.*)$/m.exec(readme) ?? []
  return line.split(' ').map((rule) => (rule.startsWith('>') ? `>${user.password}` : rule))
}

/** Everything that the package does with Redis. */
async function everything(client: RedisClient): Promise<void> {
  const cache = redisTokenCache({ client, keys: false })
  const limits = redisLimitStore({ client })
  await store(cache, alice, 'canary-token')
  const lease = await cache.lease?.(alice, 5_000, { waited: false })
  if (lease !== undefined && 'held' in lease) {
    await lease.held.renew(5_000)
    await lease.held.release({ stored: true })
  }
  await cache.forget(alice.subject, { id: crypto.randomUUID() })
  await store(cache, alice, 'canary-token')
  await cache.delete(alice)
  await limits.reserve('key', { intervalMs: 1, withinMs: 60_000 })
  await limits.pause?.('key', 1)
  await limits.count?.('key', { points: 1_000, windowMs: 60_000 })
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it worked',
    (error) => {
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary')
      return isTesouroTokensError(error, 'cache_unavailable') ? error : `not ours: ${error}`
    },
  )
}

describe.skipIf(redisIsMissing())('a user with rights', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())
  const setUser = async (...changes: string[]): Promise<void> => {
    await server.command('FLUSHALL')
    await server.command('SCRIPT', 'FLUSH')
    await server.command('ACL', 'SETUSER', user.username, 'reset', ...(await rulesOfReadme()), ...changes)
  }

  test.each(Object.keys(open))('%s: the line in the README gives too few', async (name) => {
    await setUser()
    const opened = [await open[name]?.(server), await open[name]?.(server)]
    const [first, second] = opened
    if (first === undefined || second === undefined) throw new Error('not opened')
    await everything(first.client)
    await using here = await processWith(first)
    await using elsewhere = await processWith(second)
    await here.hears(elsewhere.cache)
    expect(await server.command('ACL', 'LOG')).toBe('')
  })

  test('on a cluster the line in the README gives too few', async () => {
    const { nodes, stop } = await startRedisCluster()
    for (const node of nodes) await node.command('ACL', 'SETUSER', user.username, ...(await rulesOfReadme()))
    const byNode = createCluster({ rootNodes: nodes.map(({ url }) => ({ url })), defaults: user })
    byNode.on('error', () => {})
    await byNode.connect()
    const byIo = new Cluster(
      nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
      { redisOptions: user },
    )
    byIo.on('error', () => {})
    const first = await processWith({ client: byNode, close: async () => byNode.destroy() })
    const second = await processWith({ client: byIo, close: async () => byIo.disconnect() })
    for (const { client } of [first, second]) await everything(client)
    await first.hears(second.cache)
    await second.hears(first.cache)
    for (const node of nodes) expect(await node.command('ACL', 'LOG')).toBe('')
    for (const process of [first, second]) await process[Symbol.asyncDispose]()
    await stop()
  })

  test('the line in the README gives more than is needed', async () => {
    const rules = await rulesOfReadme()
    // what the clients need to connect and to listen, which is not asked for by a script
    const ofConnections =
      /^\+(?:subscribe|unsubscribe|ping|info|hello|client|cluster|select|readonly|asking|quit)/
    const commands = rules.filter((rule) => /^\+/.test(rule) && !ofConnections.test(rule))
    expect(commands.length).toBeGreaterThan(10)
    await setUser()
    const opened = await open['node-redis 6']?.(server)
    if (opened === undefined) throw new Error('not opened')
    for (const rule of commands) {
      await setUser(rule.replace('+', '-'))
      const found = await failureOf(everything(opened.client))
      expect(found, rule).toMatchObject({
        retryable: false,
        message: expect.stringContaining('ACL rights that the README'),
      })
    }
    await opened.close()
  })

  test('ready() passes although a right is missing that logouts need where there is a token', async () => {
    for (const right of ['get', 'zadd', 'zrangebyscore', 'publish', 'hset']) {
      await setUser(`-${right}`)
      const opened = await open['ioredis 6']?.(server)
      if (opened === undefined) throw new Error('not opened')
      const said = await saidBy(opened.client)
      expect(said, right).toMatchObject({ code: 'configuration', retryable: false })
      await opened.close()
    }
  })

  test.each([
    ['a key', 'resetkeys', '~other:*'],
    ['a channel', 'resetchannels', '&other:*'],
  ])('a logout is tried for ever, although the user may not touch %s', async (_, ...changes) => {
    await setUser()
    for (const name of Object.keys(open)) {
      const opened = await open[name]?.(server)
      if (opened === undefined) throw new Error('not opened')
      await setUser(...changes)
      const found = await failureOf(
        redisTokenCache({ client: opened.client, keys: false }).forget(alice.subject),
      )
      const cause = { retryable: false, message: expect.stringContaining('ACL') }
      expect(found).toMatchObject(cause)
      expect(await saidBy(opened.client)).toMatchObject({ code: 'configuration', ...cause })
      await opened.close()
    }
  })
})

describe.skipIf(redisIsMissing())('a logout that cannot be announced', () => {
  const refusals: { readonly [what: string]: readonly string[] } = {
    'a channel': ['resetchannels'],
    'the command': ['-publish'],
    'the count': ['resetkeys', '~tesouro:{*'],
  }

  test.each(Object.keys(refusals))('%s is refused: what it has dropped is named to nobody', async (what) => {
    await using server = await startRedis()
    const rules = [...(await rulesOfReadme()), ...(refusals[what] ?? [])]
    await server.command('ACL', 'SETUSER', user.username, ...rules)
    await using elsewhere = await processWith(await singleServer['node-redis 6'](server))
    for (const name of Object.keys(open)) {
      const opened = await open[name]?.(server)
      if (opened === undefined) throw new Error('not opened')
      const cache = redisTokenCache({ client: opened.client, keys: false })
      await store(elsewhere.cache, alice, 'canary-token')
      const request = { id: crypto.randomUUID() }
      expect(await failureOf(cache.forget(alice.subject, request))).toMatchObject({ retryable: false })
      expect((await elsewhere.cache.get(alice)).value).toBeUndefined()
      expect(await cache.forget(alice.subject, { ...request, unannounced: true })).toEqual(['canary-token'])
      await opened.close()
    }
  })
})

/** What `ready()` says of a cache on this client. */
async function saidBy(client: RedisClient): Promise<unknown> {
  const cache = layeredTokenCache({ shared: redisTokenCache({ client, keys: false }) })
  const tokens = createTesouroTokens({
    environment: 'sandbox',
    clientId: 'id',
    clientSecret: 'secret',
    cache,
    timeouts: { cacheMs: 10_000 },
  })
  const said = await tokens.ready().catch((error) => error)
  await tokens.close()
  return said
}

describe.skipIf(redisIsMissing())('a server that refuses scripts', () => {
  test.each(['EVAL', 'EVALSHA', 'HSET'])(
    'a logout is tried for ever, although there is no %s',
    async (command) => {
      await using server = await startRedis(['--rename-command', command, ''])
      for (const client of [createClient({ url: server.url }), new Redis(server.port)]) {
        client.on('error', () => {})
        if ('isOpen' in client) await client.connect()
        const found = await failureOf(redisTokenCache({ client, keys: false }).forget(alice.subject))
        const cause = { retryable: false, message: expect.stringContaining('refuses scripts') }
        expect(found).toMatchObject(cause)
        expect(await saidBy(client), 'asks whether the server is running').toMatchObject({
          code: 'configuration',
          ...cause,
        })
        await ('isOpen' in client ? client.destroy() : client.disconnect())
      }
    },
  )
})

describe.skipIf(redisIsMissing())('a server that forgets scripts', () => {
  test.each(Object.keys(open))('%s: nothing works after SCRIPT FLUSH or a restart', async (name) => {
    await using server = await startRedis()
    const rules = await rulesOfReadme()
    await server.command('ACL', 'SETUSER', user.username, ...rules)
    const opened = await open[name]?.(server)
    if (opened === undefined) throw new Error('not opened')
    const cache = redisTokenCache({ client: opened.client, keys: false })
    await store(cache, alice, 'one')
    await server.command('SCRIPT', 'FLUSH')
    expect(await cache.forget(alice.subject)).toEqual(['one'])
    await store(cache, alice, 'two')
    expect((await cache.get(alice)).value).toBe('two')
    await opened.close()
  })

  test('the text of a script travels at every call', async () => {
    await using server = await startRedis()
    const client = createClient({ url: server.url })
    client.on('error', () => {})
    await client.connect()
    const cache = redisTokenCache({ client, keys: false })
    await cache.get(alice)
    await server.command('CONFIG', 'RESETSTAT')
    for (let count = 1; count <= 10; count += 1) await cache.get(alice)
    const stats = await server.command('INFO', 'commandstats')
    expect(stats).toMatch(/cmdstat_evalsha:calls=10,/)
    expect(stats).not.toContain('cmdstat_eval:')
    client.destroy()
  })
})
