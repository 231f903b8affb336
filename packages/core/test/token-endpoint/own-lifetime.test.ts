import { UnsecuredJWT } from 'jose'
import { expect, test } from 'vitest'
import { createTesouroTokens, unsecuredSubjectToken } from '../../src/index.js'
import { json, startServer } from './scripted-server.js'
import { errorOf, goodAnswer, setUp } from './set-up.js'

const seconds = (): number => Math.floor(Date.now() / 1_000)
const date = (offset = 0): Record<string, string> => ({
  date: new Date(Date.now() + offset * 1_000).toUTCString(),
})

function jwt(claims: Record<string, unknown>): string {
  return new UnsecuredJWT(claims).encode()
}

/** The lifetime that an answer with this token is granted. */
async function lifetimeOf(
  accessToken: string,
  { expiresIn = 3_600, headers = date() }: { expiresIn?: unknown; headers?: Record<string, string> } = {},
): Promise<number | undefined> {
  const answer = { ...goodAnswer, access_token: accessToken, expires_in: expiresIn }
  const { exchange } = await setUp((response) => {
    response.sendDate = false
    json(response, 200, answer, headers)
  })
  return (await exchange()).expiresIn
}

test('expires_in is believed although the token itself ends after half of it', async () => {
  const lifetime = await lifetimeOf(jwt({ iat: seconds(), exp: seconds() + 1_800 }))
  expect(lifetime).toBeGreaterThan(1_700)
  expect(lifetime).toBeLessThanOrEqual(1_801)
})

test('an exp that is later than expires_in prolongs the life', async () => {
  expect(await lifetimeOf(jwt({ exp: seconds() + 86_400 }))).toBe(3_600)
})

test('a life that nobody told is made of an exp', async () => {
  expect(
    await lifetimeOf(jwt({ exp: seconds() + 1_800 }), { expiresIn: null }).catch(() => 'malformed'),
  ).toBe('malformed')
  const answer: Record<string, unknown> = { ...goodAnswer, access_token: jwt({ exp: seconds() + 9 }) }
  delete answer.expires_in
  const { exchange } = await setUp((response) => json(response, 200, answer))
  expect((await exchange()).expiresIn).toBeUndefined()
})

test.each([
  ['by the Date of the answer, two hours before ours', -7_200],
  ['by the Date of the answer, two hours after ours', 7_200],
])('the life is counted by this machine instead of %s', async (_name, offset) => {
  const now = seconds() + offset
  const lifetime = await lifetimeOf(jwt({ iat: now - 100, exp: now + 1_700 }), { headers: date(offset) })
  expect(lifetime).toBeGreaterThan(1_600)
  expect(lifetime).toBeLessThanOrEqual(1_701)
})

test('without a Date the iat is not looked at, or without both our clock', async () => {
  const now = seconds() + 7_200
  expect(await lifetimeOf(jwt({ iat: now, exp: now + 1_800 }), { headers: {} })).toBe(1_800)
  expect(await lifetimeOf(jwt({ exp: seconds() + 1_800 }), { headers: {} })).toBeLessThanOrEqual(1_800)
})

test('a date that is wrong by years makes every token an expired one', async () => {
  const token = jwt({ iat: seconds(), exp: seconds() + 1_800 })
  const headers = { date: 'Fri, 01 Jan 2100 00:00:00 GMT' }
  const lifetime = await lifetimeOf(token, { headers })
  expect(lifetime).toBeGreaterThan(1_700)
  expect(lifetime).toBeLessThanOrEqual(1_800)
})

test('this machine’s clock alone makes every token an expired one', async () => {
  const token = jwt({ exp: seconds() - 7_200 })
  expect(await lifetimeOf(token, { headers: {} })).toBe(3_600)
})

test.each(['1', 'tomorrow', '2100-01-01T00:00:00Z', 'Fri, 01 Jan 2100 00:00:00 CET'])(
  'the date %s is taken for one',
  async (date) => {
    const token = jwt({ iat: seconds(), exp: seconds() + 1_800 })
    expect(await lifetimeOf(token, { headers: { date } })).toBe(1_800)
  },
)

test.each([
  ['no JWT', 'opaque-token'],
  ['three parts of nothing', 'a.b.c'],
  ['a payload that is no object', `e30.${btoa('[1]')}.x`],
  ['no exp', jwt({ iat: 1 })],
  ['an exp that is text', `e30.${btoa('{"exp":"1"}').replace(/=+$/, '')}.x`],
  ['an exp in milliseconds', jwt({ exp: Date.now() })],
  ['an exp of 0', jwt({ exp: 0 })],
  ['an exp below 0', jwt({ exp: -5 })],
  ['an exp that is infinite', `e30.${btoa('{"exp":1e999}').replace(/=+$/, '')}.x`],
])('a token with %s is refused or shortened', async (_name, token) => {
  expect(await lifetimeOf(token)).toBe(3_600)
})

test('a token that has expired already, by its own exp and the platform’s own clock, is a grant', async () => {
  const answer = { ...goodAnswer, access_token: jwt({ exp: seconds() - 5 }) }
  const { exchange } = await setUp((response) => json(response, 200, answer))
  const error = await errorOf(exchange())
  expect(error).toMatchObject({ code: 'upstream_response' })
  expect(error.message).toContain('expired already')
})

test('the cache keeps a token beyond its own exp', async () => {
  let now = Date.now()
  const clock = { now: () => now, monotonic: () => now }
  const server = await startServer((response) => {
    const at = Math.floor(now / 1_000)
    const access_token = jwt({ iat: at, exp: at + 1_800 })
    json(response, 200, { ...goodAnswer, access_token }, { date: new Date(now).toUTCString() })
  })
  await using tokens = createTesouroTokens({
    baseUrl: server.url.href,
    clientId: 'id',
    clientSecret: 'client-secret',
    subjectToken: unsecuredSubjectToken(),
    clock,
  })
  const user = { sub: 'u_1', email: 'u_1@partner.test' }
  const first = await tokens.getUserAccessToken(user)
  expect(Number(first.expiresAt) - now).toBeLessThanOrEqual(1_801_000)
  now += 1_802_000
  const second = await tokens.getUserAccessToken(user)
  expect(second.accessToken).not.toBe(first.accessToken)
  expect(server.seen).toHaveLength(2)
  await server.close()
})
