import { expect, it, onTestFinished } from 'vitest'
import { createTesouroTokens, isTesouroTokensError, type TesouroTokens } from '../../src/index.js'
import { startServer } from '../token-endpoint/scripted-server.js'
import { grants } from '../token-endpoint/set-up.js'
import { validOptions } from '../valid-options.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }
const other = { sub: 'u-2', email: 'u-2@bank.example' }

async function setUp(): Promise<{ start: () => TesouroTokens; exchanges: () => (string | undefined)[] }> {
  const server = await startServer(grants)
  onTestFinished(() => server.close())
  const options = validOptions({ environment: undefined, baseUrl: server.url.href })
  const subjectOf = (token: string): string | undefined =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub
  return {
    start: () => createTesouroTokens(options),
    exchanges: () => server.seen.map(({ form }) => subjectOf(form.get('subject_token') ?? '')),
  }
}

const codeOf = (error: unknown): unknown => isTesouroTokensError(error) && error.code

it('a call that a logout ended before its exchange began makes none afterwards', async () => {
  const { start, exchanges } = await setUp()
  const tokens = start()
  const call = tokens.getUserAccessToken(user).catch(codeOf)
  await tokens.forgetUser(user)
  expect(await call).toBe('user_forgotten')
  await tokens.getUserAccessToken(other)
  expect(exchanges()).toEqual(['u-2'])
  expect((await tokens.forgetUser(user)).forgotten).toBe(0)
})

it('a call that close() ended before its exchange began makes none afterwards', async () => {
  const { start, exchanges } = await setUp()
  const tokens = start()
  const call = tokens.getUserAccessToken(user).catch(codeOf)
  await tokens.close()
  expect(await call).toBe('closed')
  await start().getUserAccessToken(other)
  expect(exchanges()).toEqual(['u-2'])
})
