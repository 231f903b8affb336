import { createTesouroTokens } from '@tesouro-tokens/core'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { afterAll, beforeEach, expect, test } from 'vitest'

const sandbox = await startSandbox({
  recordBodies: true,
  users: [{ email: 'user-1@example.com', accounts: [] }],
})
const tokens = createTesouroTokens(sandbox.options)
beforeEach(() => {
  sandbox.faults.clear()
  sandbox.resetStats()
})
afterAll(async () => {
  await tokens.close()
  await sandbox.close()
})

test('a user without accounts sees none', async () => {
  const user = { sub: 'user-1', email: 'user-1@example.com' }
  const answer = await tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts')
  expect(await answer.json()).toMatchObject({ data: [] })
  expect(sandbox.requests().map(({ kind }) => kind)).toEqual(['token_exchange', 'bank_accounts'])
  expect(sandbox.requests()[0]?.body).toMatchObject({
    client_id: sandbox.clientId,
    client_secret: '••••••••',
  })
})
