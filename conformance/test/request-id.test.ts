import { createTesouroTokens, isTesouroTokensError, type TesouroTokensEvent } from '@tesouro-tokens/core'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

// What a user's support case needs: the id in the error, in the event and at the platform are one and the same.

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ rateLimit: false })
})
afterAll(() => sandbox.close())
beforeEach(() => {
  sandbox.faults.clear()
  sandbox.resetStats()
})

const user = { sub: 'u_1', email: 'u_1@partner.test' }

const failures: [name: string, fail: () => unknown][] = [
  ['400', () => sandbox.faults.status(400)],
  ['401', () => sandbox.faults.status(401)],
  ['a disabled user', () => sandbox.disableUser('u_1')],
  ['429', () => sandbox.faults.status(429, { retryAfterSeconds: 60 })],
  ['500', () => sandbox.faults.status(500)],
  ['garbage', () => sandbox.faults.garbage()],
  ['too much', () => sandbox.faults.oversized()],
  ['half an answer', () => sandbox.faults.truncated()],
]
test.each(failures)('%s: the id in the error is not the one that the platform knows', async (_name, fail) => {
  const events: TesouroTokensEvent[] = []
  const onEvent = (event: TesouroTokensEvent): void => void events.push(event)
  await using tokens = createTesouroTokens({ ...sandbox.options, retry: false, onEvent })
  fail()
  const error: unknown = await tokens
    .fetchAsUser(user, '/embedded-banking/v1/bank-accounts')
    .catch((e: unknown) => e)
  if (!isTesouroTokensError(error)) throw error
  const requestId = sandbox.requests()[0]?.requestId
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(error.requestId).toBe(requestId)
  expect(events.find(({ type }) => type === 'exchange')).toMatchObject({ requestId })
})

test.each<[name: string, fail: () => unknown]>([
  ['a connection that is reset', () => sandbox.faults.reset()],
  ['no answer', () => sandbox.faults.hang()],
])('%s: an id is invented', async (_name, fail) => {
  await using tokens = createTesouroTokens({ ...sandbox.options, retry: false, timeouts: { attemptMs: 200 } })
  fail()
  const error: unknown = await tokens.getUserAccessToken({ ...user, sub: 'u_2' }).catch((e: unknown) => e)
  expect(isTesouroTokensError(error, 'upstream_unavailable')).toBe(true)
  expect(error).not.toHaveProperty('requestId')
})

test('the id of a REST answer is not in its header', async () => {
  await using tokens = createTesouroTokens(sandbox.options)
  const answer = await tokens.fetchAsUser({ ...user, sub: 'u_3' }, '/embedded-banking/v1/bank-accounts')
  expect(answer.headers.get('x-request-id')).toBe(sandbox.requests().at(-1)?.requestId)
})
