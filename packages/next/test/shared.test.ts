import {
  createTesouroTokens,
  sharedTesouroTokens,
  type TesouroTokens,
  type TesouroTokensEvent,
  tesouroTokensFromEnv,
  widgetTokenRoute,
} from '@tesouro-tokens/next'
import { startSandbox } from '@tesouro-tokens/sandbox'
import { NextRequest } from 'next/server.js'
import { expect, test, vi } from 'vitest'

const alice = { sub: 'alice', email: 'alice@bank.example' }
const post = (): NextRequest => new NextRequest('http://localhost:3000/', { method: 'POST' })
const context = { params: Promise.resolve({}) }

test('something is made before the first call, or made twice', async () => {
  await using sandbox = await startSandbox()
  const create = vi.fn(() => createTesouroTokens(sandbox.options))
  const one = sharedTesouroTokens(create, { name: 'once' })
  const two = sharedTesouroTokens(create, { name: 'once' })
  widgetTokenRoute({ tokens: one, getUser: () => null })
  expect(create).not.toHaveBeenCalled()

  const [first, second] = await Promise.all([one.getUserAccessToken(alice), two.getUserAccessToken(alice)])
  expect(first.accessToken).toBe(second.accessToken)
  expect(create).toHaveBeenCalledTimes(1)
  expect(await two.forgetUser(alice)).toMatchObject({ forgotten: 1 })
  expect((await one.getUserAccessToken(alice)).accessToken).not.toBe(first.accessToken)
})

test('changed rights are not heard through the shared instance', async () => {
  await using sandbox = await startSandbox()
  const tokens = sharedTesouroTokens(() => createTesouroTokens(sandbox.options), { name: 'rights' })
  const { accessToken } = await tokens.getUserAccessToken(alice)
  expect(await tokens.renewUser(alice)).toEqual({ dropped: 1 })
  expect((await tokens.getUserAccessToken(alice)).accessToken).not.toBe(accessToken)
})

test('ready asks the platform, or not, whatever it is told', async () => {
  await using sandbox = await startSandbox()
  const tokens = sharedTesouroTokens(() => createTesouroTokens(sandbox.options), { name: 'ready' })
  await tokens.ready()
  expect(sandbox.count({ kind: 'client_credentials' })).toBe(0)
  await tokens.ready({ platform: true })
  expect(sandbox.count({ kind: 'client_credentials' })).toBe(1)
})

test('two names share an instance', async () => {
  await using sandbox = await startSandbox({ clients: [{ clientId: 'north' }, { clientId: 'south' }] })
  const mint = async (name: string): Promise<string> => {
    const tokens = sharedTesouroTokens(() => createTesouroTokens(sandbox.client(name).options), { name })
    const { widgetToken } = await tokens.mintWidgetToken(alice)
    return (await sandbox.openWidgetToken(widgetToken)).clientId
  }
  expect([await mint('north'), await mint('south')]).toEqual(['north', 'south'])
})

test('a missing variable is thrown where nobody catches it, or remembered after it was set', async () => {
  await using sandbox = await startSandbox()
  let env: Readonly<Record<string, string>> = {}
  const tokens = sharedTesouroTokens(() => tesouroTokensFromEnv({ env }), { name: 'late' })
  const calls: ((tokens: TesouroTokens) => Promise<unknown>)[] = [
    (shared) => shared.ready(),
    (shared) => shared.mintWidgetToken(alice),
    (shared) => shared.getUserAccessToken(alice),
    (shared) => shared.getAppAccessToken(),
    (shared) => shared.fetchAsUser(alice, '/'),
    (shared) => shared.fetchAsApp('/'),
    (shared) => shared.forgetUser(alice),
    (shared) => shared.renewUser(alice),
    (shared) => shared.health(),
  ]
  for (const call of calls) await expect(call(tokens)).rejects.toMatchObject({ code: 'configuration' })

  const onError = vi.fn()
  const { POST } = widgetTokenRoute({ tokens, getUser: () => alice, onError })
  const answer = await POST(post(), context)
  expect(answer.status).toBe(500)
  expect(await answer.json()).toMatchObject({ code: 'misconfigured' })
  expect(onError).toHaveBeenCalledTimes(1)

  env = sandbox.env
  for (const call of calls) await expect(call(tokens)).resolves.not.toThrow()
  expect((await POST(post(), context)).status).toBe(200)
})

test('calls are answered after close(), or close() makes what it is to end', async () => {
  await using sandbox = await startSandbox()
  const create = vi.fn(() => createTesouroTokens(sandbox.options))
  const tokens = sharedTesouroTokens(create, { name: 'closed' })
  await tokens.close()
  expect(create).not.toHaveBeenCalled()
  await tokens.ready()
  await tokens[Symbol.asyncDispose]()
  await expect(tokens.mintWidgetToken(alice)).rejects.toMatchObject({ code: 'closed' })
  expect(create).toHaveBeenCalledTimes(1)
})

test("the endpoint's refusals and its clock are lost on the way", async () => {
  await using sandbox = await startSandbox()
  const events: TesouroTokensEvent[] = []
  const aMinuteAgo = (): number => Date.now() - 60_000
  const create = (): TesouroTokens =>
    createTesouroTokens({
      ...sandbox.options,
      clock: { now: aMinuteAgo, monotonic: () => performance.now() },
      onEvent: (event) => void events.push(event),
    })
  const tokens = sharedTesouroTokens(create, { name: 'hook' })
  const nobody = widgetTokenRoute({ tokens, getUser: () => null })
  expect((await nobody.POST(post(), context)).status).toBe(401)
  expect(events).toContainEqual(expect.objectContaining({ type: 'refusal', code: 'not_signed_in' }))

  const somebody = widgetTokenRoute({ tokens, getUser: () => alice })
  const { expiresIn } = (await (await somebody.POST(post(), context)).json()) as { expiresIn: number }
  expect(expiresIn).toBe(480)
})

test('the instance shows a secret when it is printed', async () => {
  await using sandbox = await startSandbox()
  const tokens = sharedTesouroTokens(() => createTesouroTokens(sandbox.options), { name: 'printed' })
  await tokens.ready()
  const { inspect } = await import('node:util')
  const shown = inspect(tokens, { depth: 9, showHidden: true }) + JSON.stringify(tokens)
  for (const secret of [sandbox.options.clientSecret, sandbox.options.widgetSecret]) {
    expect(shown).not.toContain(secret)
  }
})
