import { type RedisServer, redisIsMissing, startRedis } from '@tesouro-tokens/conformance/redis'
import { createTesouroTokens, layeredTokenCache, unsecuredSubjectToken } from '@tesouro-tokens/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisTokenCache } from '../src/index.js'
import { singleServer } from './clients.js'

let redis: RedisServer

/** Uses the event loop up, as a computation of the application's does. */
function standStill(seconds: number): void {
  const end = performance.now() + seconds * 1_000
  while (performance.now() < end);
}

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

    const clients = ['node-redis 6', 'ioredis 6'] as const
    test.each(clients.flatMap((name) => [1, 5].map((seconds) => ({ name, seconds }))))(
      'with $name, for $seconds s in the middle of what it asks',
      { timeout: 60_000 },
      async ({ name, seconds }) => {
        const opened = await singleServer[name](redis)
        const shared = redisTokenCache({
          client: opened.client,
          keys: false,
          keyPrefix: `${name} ${seconds}`.replaceAll(' ', '-'),
        })
        const failures: unknown[] = []
        let exchanges = 0
        const tokens = createTesouroTokens({
          baseUrl: 'https://platform.example',
          clientId: 'client-1',
          clientSecret: 'secret-of-client-1',
          subjectToken: unsecuredSubjectToken(),
          requestsPerSecond: false,
          cache: layeredTokenCache({ shared }),
          onEvent: (event) => {
            if (event.type === 'cache_failure' || event.type === 'cache_guard') failures.push(event)
          },
          async fetch() {
            exchanges += 1
            if (exchanges === 1) standStill(seconds)
            return grant()
          },
        })
        const everybody = (): Promise<unknown[]> =>
          Promise.all(
            Array.from({ length: 60 }, (_, n) =>
              tokens.getUserAccessToken({ sub: `user-${n % 20}`, email: 'user@bank.example' }),
            ),
          )
        try {
          await tokens.ready()
          const calls = everybody()
          setTimeout(() => standStill(seconds), 2)
          await calls
          setTimeout(() => standStill(seconds), 2)
          await everybody()
          expect(exchanges).toBe(20)
          expect(failures).toEqual([])
        } finally {
          await tokens.close()
          await opened.close()
        }
      },
    )
  },
)
