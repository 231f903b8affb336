// What concerns a sandbox as a whole: options, limit, counts, log, closing.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTesouroTokens } from '@tesouro-tokens/core'
import { expect, test } from 'vitest'
import * as everything from '../src/index.js'
import { type Sandbox, type StartSandboxOptions, startSandbox } from '../src/index.js'
import {
  accounts,
  appToken,
  call,
  exchange,
  postForm,
  startWidget,
  userToken,
  widgetToken,
} from './partner.js'

async function withSandbox(
  options: StartSandboxOptions,
  use: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox(options)
  try {
    await use(sandbox)
  } finally {
    await sandbox.close()
  }
}

test('the exported names are these', () => {
  expect(Object.keys(everything).sort()).toMatchInlineSnapshot(`
    [
      "SANDBOX_SCOPES",
      "SANDBOX_WIDGET_SCOPES",
      "SandboxRefusal",
      "SandboxStartError",
      "runSandboxCommand",
      "startSandbox",
    ]
  `)
})

test('the options fit createTesouroTokens, from mint and exchange to the call', () =>
  withSandbox({}, async (sandbox) => {
    const tokens = createTesouroTokens(sandbox.options)
    const user = { sub: 'u_1', email: 'u_1@partner.test' }
    const { widgetToken, exp } = await tokens.mintWidgetToken(user)
    expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({ ...user, exp })
    const answer = await tokens.fetchAsUser(user, '/embedded-banking/v1/bank-accounts?limit=10')
    expect(answer.status).toBe(200)
    expect(sandbox.count({ kind: 'token_exchange', user: 'u_1' })).toBe(1)
    await tokens.close()
  }))

test('secrets are drawn at every start, and taken as given', async () => {
  const [one, other] = await Promise.all([startSandbox(), startSandbox()])
  expect(one.options.clientSecret).not.toBe(other.options.clientSecret)
  expect(one.options.widgetSecret).not.toBe(other.options.widgetSecret)
  expect(one.options.widgetSecret).toMatch(/^[0-9a-f]{64}$/)
  await Promise.all([one.close(), other.close()])
  const widgetSecret = 'ab'.repeat(32)
  const clients = [{ clientId: 'mine', clientSecret: 'my secret' }]
  await withSandbox({ widgetSecret, clients }, async ({ options }) => {
    expect(options).toMatchObject({ clientId: 'mine', clientSecret: 'my secret', widgetSecret })
  })
})

test.each<[string, unknown, RegExp]>([
  ['a widget secret of 63 digits', { widgetSecret: 'a'.repeat(63) }, /widgetSecret must be 64 hex digits/],
  ['two clients of one id', { clients: [{ clientId: 'a' }, { clientId: 'a' }] }, /clients have an id twice/],
  ['no client', { clients: [] }, /clients/],
  ['an unknown option', { prot: 1 }, /prot/],
  ['a lifetime of 0 s', { accessTokenLifetimeSeconds: 0 }, /accessTokenLifetimeSeconds/],
])('%s is refused at start, without the value', async (_name, options, message) => {
  const error: unknown = await startSandbox(options as StartSandboxOptions).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toMatch(message)
  expect(String(error)).not.toContain('aaaa')
})

test('a port that is taken is told by the operating system', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  server.close()
})

test('the limit is counted for each client id, over all its calls, and told on every answer', () =>
  withSandbox({ rateLimit: 4, clients: [{ clientId: 'a' }, { clientId: 'b' }] }, async (sandbox) => {
    const token = await userToken(sandbox)
    const first = await accounts(sandbox, token)
    expect(first.headers.get('ratelimit-limit')).toBe('4')
    expect(first.headers.get('ratelimit-remaining')).toBe('2')
    expect(first.headers.get('x-ratelimit-limit-second')).toBe('4')
    expect(first.headers.get('x-ratelimit-remaining-second')).toBe('2')
    expect(first.headers.get('ratelimit-reset')).toBe('1')
    await accounts(sandbox, token)
    await startWidget(sandbox, await widgetToken(sandbox))
    const { status, body, headers } = await accounts(sandbox, token)
    expect(status).toBe(429)
    expect(body).toEqual({ message: 'API rate limit exceeded' })
    expect(headers.get('retry-after')).toBe('1')
    expect(headers.get('ratelimit-remaining')).toBe('0')
    const { clientId: client_id, clientSecret: client_secret } = sandbox.client('b').options
    const other = { grant_type: 'client_credentials', client_id, client_secret }
    expect((await postForm(sandbox, '/openid/connect/token', other)).status).toBe(200)
  }))

test('thirty requests a second are the default', () =>
  withSandbox({}, async (sandbox) => {
    expect((await accounts(sandbox, 'x')).headers.get('ratelimit-limit')).toBe('30')
  }))

test('every request is counted by kind, client, user and status', () =>
  withSandbox({ rateLimit: false }, async (sandbox) => {
    const alice = await userToken(sandbox, 'alice')
    await userToken(sandbox, '__proto__')
    await appToken(sandbox)
    await accounts(sandbox, alice)
    await accounts(sandbox, 'unknown')
    await startWidget(sandbox, await widgetToken(sandbox))
    await exchange(sandbox, { client_secret: 'wrong' })
    await call(sandbox, '/nowhere', undefined)
    const { clientId: client_id, clientSecret: client_secret } = sandbox.options
    await postForm(sandbox, sandbox.revocationPath, { token: alice, client_id, client_secret })
    const none = {
      token_exchange: 0,
      client_credentials: 0,
      revoke: 0,
      gateway: 0,
      bank_accounts: 0,
      transfers: 0,
      statements: 0,
      application_status: 0,
      users: 0,
      graphql: 0,
      other: 0,
    }
    const stats = sandbox.stats()
    expect(stats.total).toBe(9)
    expect(stats.kinds).toEqual({
      ...none,
      token_exchange: 3,
      client_credentials: 1,
      revoke: 1,
      gateway: 1,
      bank_accounts: 2,
      other: 1,
    })
    expect(stats.users.alice).toEqual({ ...none, token_exchange: 1, bank_accounts: 1, revoke: 1 })
    expect(Object.entries(stats.users)).toContainEqual(['__proto__', { ...none, token_exchange: 1 }])
    expect(stats.clients['sandbox-client']).toMatchObject({ token_exchange: 3, gateway: 1, bank_accounts: 1 })
    expect(stats.statuses).toEqual({ 200: 6, 401: 2, 404: 1 })
    expect(sandbox.count({ kind: 'token_exchange', user: 'alice', status: 200 })).toBe(1)
    expect(sandbox.count({ user: 'nobody' })).toBe(0)
    sandbox.resetStats()
    expect(sandbox.count()).toBe(0)
    expect(sandbox.requests()).toEqual([])
  }))

test('a thousand requests at once are all answered and all counted', () =>
  withSandbox({ rateLimit: false }, async (sandbox) => {
    const token = await userToken(sandbox)
    const answers = await Promise.all(Array.from({ length: 1000 }, () => accounts(sandbox, token)))
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    expect(sandbox.count({ kind: 'bank_accounts', status: 200 })).toBe(1000)
  }))

test('the log has one line a request, cannot be forged, and holds no secret', async () => {
  const lines: string[] = []
  await withSandbox({ rateLimit: false, log: (line) => lines.push(line) }, async (sandbox) => {
    const token = await userToken(sandbox, 'evil\n12:00 POST /forged → 200\u001b[2J')
    const jwe = await widgetToken(sandbox)
    await accounts(sandbox, token)
    await startWidget(sandbox, jwe)
    await call(sandbox, `/files/${token}?access_token=${token}`, undefined)
    await exchange(sandbox, { client_secret: 'a wrong secret' })
    sandbox.faults.status(503)
    await exchange(sandbox)
    const { clientSecret, widgetSecret } = sandbox.options
    expect(lines).toHaveLength(6)
    for (const line of lines) {
      expect(line).toMatch(/^[\P{Cc}]+$/u)
      for (const secret of [token, jwe, clientSecret, widgetSecret, 'a wrong secret']) {
        expect(line).not.toContain(secret)
      }
    }
    expect(lines[2]).toMatch(
      /^POST \/api\/widget-gateway\/init → 200 gateway client=sandbox-client user=u_1 \d+ ms$/,
    )
    expect(lines[5]).toMatch(/→ 503 token_exchange client=sandbox-client user=u_1 fault="status 503" \d+ ms$/)
  })
})

test('close() may be called twice, and then nobody answers', async () => {
  const sandbox = await startSandbox()
  await accounts(sandbox, 'x')
  await Promise.all([sandbox.close(), sandbox.close()])
  await expect(accounts(sandbox, 'x')).rejects.toBeInstanceOf(TypeError)
})

test('await using closes it', async () => {
  let baseUrl = ''
  {
    await using sandbox = await startSandbox()
    baseUrl = sandbox.baseUrl
  }
  await expect(fetch(baseUrl)).rejects.toBeInstanceOf(TypeError)
})
