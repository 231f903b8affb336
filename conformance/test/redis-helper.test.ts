import { describe, expect, test } from 'vitest'
import { redisIsMissing, startRedis, startRedisCluster } from '../src/redis.js'

describe.skipIf(redisIsMissing())('a Redis for tests', () => {
  test('is not empty after a restart, or comes back elsewhere', async () => {
    await using redis = await startRedis(['--maxmemory', '2mb'])
    expect(await redis.command('SET', 'name', 'value')).toBe('OK')
    await redis.restart()
    expect(await redis.command('PING')).toBe('PONG')
    expect(await redis.command('GET', 'name')).toBe('')
    expect(await redis.command('CONFIG', 'GET', 'maxmemory')).toBe('maxmemory\n2097152')
  })

  test('hides that a command was refused, or that nobody is there', async () => {
    await using redis = await startRedis()
    await expect(redis.command('SET', 'name')).rejects.toThrow('wrong number of arguments')
    await redis.kill()
    await expect(redis.command('PING')).rejects.toThrow()
  })

  test('answers while it is paused, or does not go on afterwards', async () => {
    await using redis = await startRedis()
    redis.pause()
    let answered = false
    const pong = redis.command('PING').then((text) => {
      answered = true
      return text
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(answered).toBe(false)
    redis.resume()
    expect(await pong).toBe('PONG')
  })

  test('is a cluster in which a node knows nothing of the others', async () => {
    await using cluster = await startRedisCluster()
    const slots = await Promise.all(cluster.nodes.map((node) => node.command('CLUSTER', 'SLOTS')))
    for (const { port } of cluster.nodes) {
      for (const table of slots) expect(table).toContain(`${port}`)
    }
  })
})
