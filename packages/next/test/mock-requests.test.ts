import { EventEmitter } from 'node:events'
import { startSandbox } from '@tesouro-tokens/sandbox'
import type { NextApiRequest, NextApiResponse } from 'next'
import { createMocks } from 'node-mocks-http'
import { expect, test } from 'vitest'
import { createTesouroTokens, widgetTokenApiRoute } from '../src/index.js'

test.each([
  ['no body', undefined, 200],
  ["the session's user", { userId: 'user-1' }, 200],
  ['another user', { userId: 'user-2' }, 403],
])('an API route does not answer a request of node-mocks-http with %s', async (_, body, status) => {
  await using sandbox = await startSandbox()
  const handler = widgetTokenApiRoute({
    tokens: createTesouroTokens(sandbox.options),
    getUser: () => ({ sub: 'user-1', email: 'user-1@bank.example' }),
  })
  const headers = { 'content-type': 'application/json' }
  const { req, res } = createMocks<NextApiRequest, NextApiResponse>(
    { method: 'POST', headers, ...(body && { body }) },
    { eventEmitter: EventEmitter },
  )
  await handler(req, res)
  expect(res._getStatusCode(), res._getData()).toBe(status)
  if (status !== 200) return
  const { widgetToken } = JSON.parse(res._getData()) as { widgetToken: string }
  expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({ sub: 'user-1' })
})
