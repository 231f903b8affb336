import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTesouroTokens, type TesouroTokens, unsecuredSubjectToken } from '../../src/index.js'

// The tests of an application that fakes its timers: vitest, Jest and sinon put a clock that begins at 0 in place of
// performance.now(), and timers that fire only when they are told to.

let tokens: TesouroTokens
beforeEach(async () => {
  tokens = createTesouroTokens({
    environment: 'sandbox',
    clientId: 'client-1',
    clientSecret: 'secret',
    subjectToken: unsecuredSubjectToken(),
    fetch: async () =>
      Response.json({
        access_token: crypto.randomUUID(),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 3_600,
      }),
  })
  await token('before')
})
afterEach(async () => {
  vi.useRealTimers()
  await tokens.close()
})

const token = async (sub: string): Promise<string> =>
  (await tokens.getUserAccessToken({ sub, email: 'user@bank.example' })).accessToken
const tokensOf = (prefix: string): Promise<string[]> =>
  Promise.all(Array.from({ length: 5 }, (_, index) => token(`${prefix}-${index}`)))

test('a call waits for a time that is over by the real clock, and never comes by the faked one', async () => {
  vi.useFakeTimers()
  expect(await token('faked')).toEqual(expect.any(String))
})

test('requests that are paced wait for a time that stands still', async () => {
  vi.useFakeTimers()
  expect(new Set(await tokensOf('paced')).size).toBe(5)
})

test('what waited when the timers became real again holds up all that comes later', async () => {
  vi.useFakeTimers()
  const waiting = tokensOf('waiting')
  vi.useRealTimers()
  expect(await token('later')).toEqual(expect.any(String))
  expect(new Set(await waiting).size).toBe(5)
})

test('a token that has expired by the faked time is served on', async () => {
  const first = await token('ages')
  vi.useFakeTimers()
  vi.setSystemTime(Date.now() + 3_600_000)
  expect(await token('ages')).not.toBe(first)
})
