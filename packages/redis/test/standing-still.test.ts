import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { standStill } from '@tesouro-tokens/conformance/stand-still'
import { createTesouroTokens, layeredTokenCache, unsecuredSubjectToken } from '@tesouro-tokens/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisLimitStore, redisTokenCache } from '../src/index.js'
import { singleServer } from './clients.js'

let redis: RedisServer

function grant(): Response {
  return Response.json({
    access_token: 'token-1',
    token_type: 'Bearer',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    expires_in: 600,
  })
}

describe.skipIf(redisIsMissing())(
  'a process that stood still takes its own slowness for that of Redis',
  () => {
    beforeAll(async () => {
      redis = await startRedis()
    })
    afterAll(async () => {
      await redis[Symbol.asyncDispose]()
    })

    // The store may take a little less time than the process stands still: nothing but that can use it up.
    test.each([
      [1, -120_000],
      [1, 120_000],
      [5, -120_000],
      [5, 120_000],
      [30, 120_000],
    ])(
      'with both clients, for %i s in the middle of what it asks, while its wall clock steps by %i ms',
      { timeout: 300_000 },
      async (seconds, step) => {
        let stepMs = 0
        let stoodStill = false
        const failures: unknown[] = []
        const clock = { now: () => Date.now() + stepMs, monotonic: () => performance.now() }
        const opened = await Promise.all(
          (['node-redis 6', 'ioredis 6'] as const).map(async (name) => {
            const { client, close } = await singleServer[name](redis)
            const keyPrefix = `${name} ${seconds} ${step}`.replaceAll(' ', '-')
            const shared = redisTokenCache({ client, keys: false, keyPrefix })
            let exchanges = 0
            const tokens = createTesouroTokens({
              baseUrl: 'https://platform.example',
              clientId: 'client-1',
              clientSecret: 'secret-of-client-1',
              subjectToken: unsecuredSubjectToken(),
              requestsPerSecond: 200,
              limitStore: redisLimitStore({ client, keyPrefix: `${keyPrefix}-limits` }),
              cache: layeredTokenCache({ shared }),
              timeouts: { cacheMs: seconds * 900, callMs: 200_000 },
              clock,
              onEvent: (event) => {
                if (event.type === 'cache_failure' || event.type === 'cache_guard') failures.push(name, event)
              },
              async fetch() {
                exchanges += 1
                if (!stoodStill) {
                  stoodStill = true
                  standStill(seconds * 1_000)
                  stepMs = step
                }
                return grant()
              },
            })
            return { tokens, close, exchanges: () => exchanges }
          }),
        )
        const everybody = (): Promise<unknown[]> =>
          Promise.all(
            opened.flatMap(({ tokens }) =>
              Array.from({ length: 60 }, (_, n) =>
                tokens.getUserAccessToken({ sub: `user-${n % 20}`, email: 'user@bank.example' }),
              ),
            ),
          )
        try {
          await Promise.all(opened.map(({ tokens }) => tokens.ready()))
          const calls = everybody()
          if (seconds < 30) setTimeout(() => standStill(seconds * 1_000), 2)
          await calls
          if (seconds < 30) setTimeout(() => standStill(seconds * 1_000), 2)
          await everybody()
          expect(opened.map(({ exchanges }) => exchanges())).toEqual([20, 20])
          expect(failures).toEqual([])
        } finally {
          for (const { tokens, close } of opened) {
            await tokens.close()
            await close()
          }
        }
      },
    )
  },
)
