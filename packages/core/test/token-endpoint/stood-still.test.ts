import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTesouroTokens, type LimitStore, type TesouroTokensOptions } from '@tesouro-tokens/core'
import { expect, it } from 'vitest'
import { standStill } from '../../../../conformance/src/stand-still.js'
import { SharedLimits } from '../limits/shared-limits.js'
import { validOptions } from '../valid-options.js'
import { goodAnswer } from './set-up.js'

it.each([
  { attemptMs: 300 },
  { attemptMs: 300, exchangeMs: 300 },
  { attemptMs: 300, exchangeMs: 300, callMs: 300 },
])('what was answered while this process stood still is asked again, or has failed: %j', async (timeouts) => {
  let exchanges = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      exchanges += 1
      response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          access_token: `token-${exchanges}`,
          token_type: 'Bearer',
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          expires_in: 600,
        }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const tokens = createTesouroTokens({
    ...validOptions(),
    environment: undefined,
    baseUrl: `http://127.0.0.1:${port}`,
    timeouts,
    fetch: (input, init) => {
      const answer = fetch(input, init)
      // Once the answer has arrived, and before it is read: a computation of the application's.
      server.once('request', (_, response) => {
        response.once('finish', () => standStill(600))
      })
      return answer
    },
  })
  try {
    const { accessToken } = await tokens.getUserAccessToken({ sub: 'user-1', email: 'user-1@bank.example' })
    expect(accessToken).toBe('token-1')
    expect(exchanges).toBe(1)
  } finally {
    await tokens.close()
    server.close()
  }
})

/** An instance whose process stands still after that request to the platform, before the answer is read. */
function standingStillAfter(request: number, overrides: Partial<TesouroTokensOptions>) {
  let requests = 0
  const tokens = createTesouroTokens({
    ...validOptions(),
    // Longer than a request and all its attempts may take.
    timeouts: { exchangeMs: 2_000 },
    ...overrides,
    async fetch(input, init) {
      requests += 1
      if (requests === request) {
        await new Promise(setImmediate)
        standStill(3_000)
      }
      return (await overrides.fetch?.(input, init)) ?? Response.json(goodAnswer)
    },
  })
  return { tokens, requests: () => requests }
}

it('those who waited in line while this process stood still leave all at once, or are refused', async () => {
  const limits = new SharedLimits()
  let reservedMs = 0
  const limitStore: LimitStore = {
    async reserve(key, slot) {
      const answer = await limits.reserve(key, slot)
      if (answer.waitMs <= slot.withinMs) reservedMs += slot.intervalMs
      return answer
    },
    pause: (key, ms) => limits.pause(key, ms),
    count: (key, window) => limits.count(key, window),
  }
  const { tokens, requests } = standingStillAfter(5, { limitStore, requestsPerSecond: 25 })
  const calls = Array.from({ length: 20 }, (_, n) =>
    tokens.getUserAccessToken({ sub: `user-${n}`, email: 'user@bank.example' }),
  )
  await Promise.all(calls)
  expect(requests()).toBe(20)
  expect(reservedMs).toBeGreaterThanOrEqual(20 * 40)
  await tokens.close()
})

it('a request that failed is not tried again, because this process stood still', async () => {
  let answers = 0
  const { tokens, requests } = standingStillAfter(1, {
    async fetch() {
      answers += 1
      return answers === 1 ? new Response(undefined, { status: 503 }) : Response.json(goodAnswer)
    },
  })
  await tokens.getUserAccessToken({ sub: 'user-1', email: 'user@bank.example' })
  expect(requests()).toBe(2)
  await tokens.close()
})
