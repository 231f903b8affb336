import { randomBytes } from 'node:crypto'
import { redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { describe, expect, inject, test } from 'vitest'
import { blocksOf } from '../../src/markdown.js'
import { startProgram } from './program.js'

const page = 'packages/redis/README.md'
const waiting = { timeout: 120_000, interval: 100 }

/** The page's first block for a client, with tokens made of it. */
function linesFor(client: 'redis' | 'ioredis'): string {
  const block = blocksOf(page).find(({ code }) => code.includes(`from '${client}'`))
  if (block === undefined) throw new Error(`${page} shows nothing for ${client}`)
  if (client === 'redis') return block.code
  return `${block.code}
    import { tesouroTokensFromEnv } from '@tesouro-tokens/core'
    const tokens = tesouroTokensFromEnv(stores)`
}

const server = `
  import { subscribe } from 'node:diagnostics_channel'
  import { createServer } from 'node:http'
  const told = []
  subscribe('tesouro-tokens:cache_guard', (event) => told.push(event))
  await tokens.ready({ platform: true })
  createServer(async ({ url }, response) => {
    const sub = url.slice(1)
    if (sub === 'told') return response.end(JSON.stringify(told))
    const answer =
      sub === 'health' ? tokens.health() : tokens.getUserAccessToken({ sub, email: sub + '@bank.example' })
    response.end(JSON.stringify(await answer.catch(({ code }) => ({ code }))))
  }).listen(process.env.PORT, '127.0.0.1')`

describe.skipIf(redisIsMissing())(
  'an application does not start, or never uses Redis, because Redis was away when it started',
  () => {
    const [open, closed] = ['open', 'closed'].map((state) => ({ type: 'cache_guard', state }))
    // Each call and each probe fails meanwhile: that Redis is away is told once, and once that it is back.
    test.each(['redis', 'ioredis'] as const)('with the lines that the README has for %s', async (client) => {
      await using redis = await startRedis()
      await redis.kill()
      await using sandbox = await startSandbox()
      await using program = await startProgram({
        folder: inject('npmFolder'),
        file: `away-${client}.mjs`,
        code: `${linesFor(client)}\n${server}`,
        env: {
          ...sandbox.env,
          REDIS_URL: redis.url,
          TESOURO_CACHE_KEYS: randomBytes(32).toString('hex'),
        },
      })
      const ask = async (path: string): Promise<unknown> => (await fetch(`${program.address}/${path}`)).json()

      expect(await ask('user-1')).toHaveProperty('accessToken')
      expect(await ask('health')).toMatchObject({ cache: 'bypassed', healthy: true })
      await expect
        .poll(async () => {
          await ask('health')
          return ask('told')
        }, waiting)
        .toEqual([open])
      for (let n = 0; n < 20; n += 1) expect(await ask(`while-away-${n}`)).toHaveProperty('accessToken')
      expect(await ask('told')).toEqual([open])

      await redis.restart()
      await expect.poll(() => ask('health'), waiting).toMatchObject({ cache: 'up' })
      expect(await ask('user-2')).toHaveProperty('accessToken')
      await expect.poll(() => redis.command('KEYS', '*'), waiting).toMatch(/token/)
      expect(await ask('told')).toEqual([open, closed])
    })
  },
)
