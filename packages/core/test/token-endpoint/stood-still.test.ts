import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTesouroTokens } from '@tesouro-tokens/core'
import { expect, it } from 'vitest'
import { validOptions } from '../valid-options.js'

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
        response.once('finish', () => {
          const end = performance.now() + 600
          while (performance.now() < end);
        })
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
