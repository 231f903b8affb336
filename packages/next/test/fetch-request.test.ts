import { startSandbox } from '@tesouro-tokens/sandbox'
import { NextRequest } from 'next/server.js'
import { expect, test } from 'vitest'
import { createTesouroTokens } from '../src/index.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }
const accounts = '/embedded-banking/v1/bank-accounts'

test('a NextRequest takes the token elsewhere than its address says', async () => {
  await using sandbox = await startSandbox({ rateLimit: false })
  await using evil = await startSandbox({ rateLimit: false })
  await using tokens = createTesouroTokens(sandbox.options)
  const moved = new NextRequest(evil.baseUrl + accounts)
  moved.nextUrl.host = new URL(sandbox.baseUrl).host
  await expect(tokens.fetchAsUser(user, moved)).rejects.toMatchObject({ code: 'invalid_request' })
  expect((await tokens.fetchAsUser(user, new NextRequest(sandbox.baseUrl + accounts))).status).toBe(200)
  expect(evil.stats().total).toBe(0)
})
