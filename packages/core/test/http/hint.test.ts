import {
  createTesouroTokens,
  createWidgetTokenHandler,
  type TesouroUser,
  unsecuredSubjectToken,
  type WidgetTokenInput,
  type WidgetTokenOptions,
} from '@tesouro-tokens/core'
import { afterEach, expect, test, vi } from 'vitest'
import { thrownBy, validOptions } from '../valid-options.js'
import { FakeTokens } from './fake-tokens.js'
import { alice, ask } from './post.js'

const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
afterEach(() => warned.mockClear())

async function hintsFor(
  input: Partial<WidgetTokenInput<string>>,
  options: Partial<WidgetTokenOptions<string>> = {},
): Promise<[code: string, hint: string][]> {
  const told: [string, string][] = []
  await ask(input, { ...options, onRefusal: ({ code, hint }) => told.push([code, hint]) })
  return told
}

test('a page on another port gets a 403 and the log says nothing', async () => {
  const headers = { origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' }
  const [[code, hint] = ['', '']] = await hintsFor({ host: 'localhost:3000', headers })
  expect(code).toBe('origin_not_allowed')
  expect(hint).toContain('a page of http://localhost:5173')
  expect(hint).toContain('its own host for localhost:3000')
  expect(hint).toContain("allowedOrigins: ['http://localhost:5173']")
})

test('a proxy that is not trusted is taken for a foreign page', async () => {
  const headers = { origin: 'https://bank.example', 'x-forwarded-host': 'bank.example' }
  const [[, hint] = ['', '']] = await hintsFor({ host: '10.0.0.7:3000', headers })
  expect(hint).toContain('X-Forwarded-Host')
  expect(hint).toContain('trust the proxy')
  expect(hint).not.toContain('allowedOrigins')
})

test('what a foreign page writes into its headers ends lines or moves the cursor of the log', async () => {
  for (const origin of [
    'https://evil\u001b[2J.example',
    'https://a\nb',
    `https://${'a'.repeat(64)}.example`,
    'null',
  ]) {
    const [[, hint] = ['', '']] = await hintsFor({ host: 'bank\u0007.example', headers: { origin } })
    expect(hint).toContain('a page of another origin')
    expect(hint).not.toMatch(/[\p{Cc}]|evil|aaa|bank/u)
  }
})

test('a user whose id has another name is refused and nobody is told which', async () => {
  const user = { id: 7, emailAddress: 'a@b.example' } as unknown as TesouroUser
  const [[code, hint] = ['', '']] = await hintsFor({}, { getUser: () => user })
  expect(code).toBe('user_not_eligible')
  expect(hint).toContain('{ sub: user.id, email: user.emailAddress }')
  expect(hint).not.toContain('a@b.example')
  const [[, without] = ['', '']] = await hintsFor({}, { getUser: () => ({ sub: 'u', email: '' }) })
  expect(without).toContain('a user without email')
})

test('a session that nobody finds looks like a user who is not signed in', async () => {
  const headers = { cookie: 'sid=canary' }
  const [[code, hint] = ['', '']] = await hintsFor({ headers }, { getUser: () => null })
  expect(code).toBe('not_signed_in')
  expect(hint).toContain('getUser returned nobody for a request with cookie')
  expect(hint).not.toContain('canary')
})

test('everyday refusals are told as mistakes in the wiring', async () => {
  expect(await hintsFor({}, { getUser: () => null })).toEqual([])
  expect(await hintsFor({ method: 'GET' })).toEqual([])
  expect(
    await hintsFor({ headers: { 'content-type': 'application/json' }, body: '{"userId":"bob"}' }),
  ).toEqual([])

  const onRefusal = vi.fn()
  let user: TesouroUser | null = alice
  const handle = createWidgetTokenHandler<string>({
    tokens: new FakeTokens(),
    getUser: () => user,
    onRefusal,
  })
  const input = { method: 'POST', host: 'bank.example', headers: { cookie: 'sid=1' }, request: '' }
  expect((await handle(input)).status).toBe(200)
  user = null
  expect((await handle(input)).status).toBe(401)
  expect(onRefusal).not.toHaveBeenCalled()
})

test('a foreign page fills the log, or one kind of refusal silences another', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  const handle = createWidgetTokenHandler<string>({
    tokens: new FakeTokens(),
    getUser: () => ({ sub: 'u', email: '' }),
  })
  const input = { method: 'POST', host: 'bank.example', request: '' }
  for (let count = 0; count < 50; count += 1) {
    await handle({ ...input, headers: { origin: 'https://evil.example' } })
    await handle({ ...input, headers: {} })
  }
  expect(warned).toHaveBeenCalledTimes(2)
  now.mockReturnValue(60_001)
  await handle({ ...input, headers: {} })
  expect(warned).toHaveBeenCalledTimes(3)
  now.mockRestore()
})

test("the published snippet's getUser, which hands on the body, is refused and the log says nothing", async () => {
  const posted = { userId: 'u-1', userEmail: 'a@b.example' }
  const body = JSON.stringify(posted)
  const headers = { 'content-type': 'application/json' }
  const [[code, hint] = ['', '']] = await hintsFor(
    { body, headers },
    { getUser: () => posted as unknown as TesouroUser },
  )
  expect(code).toBe('identity_mismatch')
  expect(hint).toContain("looks like the browser's request body")
  expect(hint).toContain('{ sub, email }')
  const otherNames = { id: 'u-1', email: 'a@b.example' } as unknown as TesouroUser
  const [[, renamed] = ['', '']] = await hintsFor({ body, headers }, { getUser: () => otherNames })
  expect(renamed).toContain('{ sub: user.id }')
})

test('a page of somebody else is taken for a mistake in the wiring', async () => {
  const body = JSON.stringify({ userId: 'somebody-else' })
  expect(await hintsFor({ body, headers: { 'content-type': 'application/json' } })).toEqual([])
})

test('a listener that throws or rejects changes the answer', async () => {
  const headers = { origin: 'https://evil.example' }
  for (const onRefusal of [
    () => {
      throw new Error('log is full')
    },
    () => Promise.reject(new Error('log is full')),
  ]) {
    const { answer } = await ask({ headers }, { onRefusal })
    expect(answer.status).toBe(403)
  }
})

test('an endpoint is mounted with tokens that can mint for nobody', () => {
  const { widgetSecret: _, ...options } = validOptions({ subjectToken: unsecuredSubjectToken() })
  const error = thrownBy(() =>
    createWidgetTokenHandler({ tokens: createTesouroTokens(options), getUser: () => null }),
  )
  expect(error).toMatchObject({ code: 'configuration' })
  expect(String(error)).toContain('TESOURO_WIDGET_SECRET')
})
