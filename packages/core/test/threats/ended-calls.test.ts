import { expect, it, onTestFinished } from 'vitest'
import {
  createTesouroTokens,
  isTesouroTokensError,
  memoryTokenCache,
  type TesouroTokens,
  type TesouroTokensOptions,
} from '../../src/index.js'
import { startServer } from '../token-endpoint/scripted-server.js'
import { grants } from '../token-endpoint/set-up.js'
import { validOptions } from '../valid-options.js'

const user = { sub: 'u-1', email: 'u-1@bank.example' }
const other = { sub: 'u-2', email: 'u-2@bank.example' }

async function setUp(): Promise<{
  start: (more?: Partial<TesouroTokensOptions>) => TesouroTokens
  exchanges: () => (string | undefined)[]
}> {
  const server = await startServer(grants)
  onTestFinished(() => server.close())
  const options = validOptions({ environment: undefined, baseUrl: server.url.href })
  const subjectOf = (token: string): string | undefined =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub
  return {
    start: (more = {}) => createTesouroTokens({ ...options, ...more }),
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

it('a call that waited for its credentials while another instance logged its person out goes on as if it came later', async () => {
  const { start, exchanges } = await setUp()
  const cache = memoryTokenCache()
  let give = (): void => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  const { clientId = '', clientSecret = '', widgetSecret = '' } = validOptions({ environment: undefined })
  const waiting = start({
    cache,
    clientId: undefined,
    clientSecret: undefined,
    widgetSecret: undefined,
    credentials: async () => {
      await given
      return { clientId, clientSecret, widgetSecret }
    },
  })
  const elsewhere = start({ cache })
  const call = waiting.getUserAccessToken(user).catch(codeOf)
  await elsewhere.forgetUser(user)
  give()
  expect(await call).toBe('user_forgotten')
  expect(exchanges()).toEqual([])
  await waiting.getUserAccessToken(user)
  expect(exchanges()).toEqual(['u-1'])
})
