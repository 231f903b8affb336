import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../src/index.js'
import { accounts, call, exchange, startWidget, userToken, widgetToken } from './partner.js'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: false })
})
afterEach(() => sandbox.close())

const raw = (): Promise<Response> => fetch(`${sandbox.baseUrl}/embedded-banking/v1/bank-accounts`)

test('status 429 looks like the limiter', async () => {
  sandbox.faults.status(429, { retryAfterSeconds: 7 })
  const { status, body, headers } = await exchange(sandbox)
  expect(status).toBe(429)
  expect(body).toEqual({ message: 'API rate limit exceeded' })
  expect(headers.get('retry-after')).toBe('7')
  expect(headers.get('ratelimit-remaining')).toBe('0')
  expect(headers.get('ratelimit-reset')).toBe('7')
  sandbox.faults.clear()
  sandbox.faults.status(429)
  expect((await exchange(sandbox)).headers.get('retry-after')).toBe('1')
})

test('status 500 and 503 have the form of the endpoint', async () => {
  sandbox.faults.status(500, { times: 2 })
  expect((await exchange(sandbox)).body.error).toBe('server_error')
  expect((await accounts(sandbox, 'x')).body).toMatchObject({ status: 500, errorCode: 'sandbox_fault' })
  sandbox.faults.status(503, { retryAfterSeconds: 2 })
  const { status, body, headers } = await exchange(sandbox)
  expect([status, body.error, headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '2'])
})

test('faults with times play one after the other, then all is well', async () => {
  sandbox.faults.status(503, { times: 2 })
  sandbox.faults.status(408, { times: 1 })
  const statuses = []
  for (let turn = 0; turn < 4; turn += 1) statuses.push((await exchange(sandbox)).status)
  expect(statuses).toEqual([503, 503, 408, 200])
  expect(sandbox.faults.active()).toEqual([])
})

test('undo takes back its own fault and no other', async () => {
  const undo = sandbox.faults.status(500)
  sandbox.faults.status(503)
  undo()
  undo()
  expect((await exchange(sandbox)).status).toBe(503)
  sandbox.faults.clear()
  expect((await exchange(sandbox)).status).toBe(200)
})

test('a fault strikes only where it is switched on', async () => {
  const token = await userToken(sandbox)
  const jwe = await widgetToken(sandbox)
  sandbox.faults.status(500, { on: 'token' })
  expect((await exchange(sandbox)).status).toBe(500)
  expect((await accounts(sandbox, token)).status).toBe(200)
  expect((await startWidget(sandbox, jwe)).status).toBe(200)
  sandbox.faults.clear()
  sandbox.faults.status(500, { on: ['api', 'gateway'] })
  expect((await exchange(sandbox)).status).toBe(200)
  expect((await accounts(sandbox, token)).status).toBe(500)
  expect((await startWidget(sandbox, jwe)).status).toBe(500)
})

test('a fault for one user leaves the others alone', async () => {
  const [one, other] = [await userToken(sandbox, 'u_1'), await userToken(sandbox, 'u_2')]
  sandbox.faults.status(503, { user: 'u_1' })
  expect((await accounts(sandbox, one)).status).toBe(503)
  expect((await accounts(sandbox, other)).status).toBe(200)
  expect((await exchange(sandbox)).status).toBe(503)
})

test('slow answers later, and what it delays is counted at once', async () => {
  sandbox.faults.slow(1, { times: 1 })
  expect((await exchange(sandbox)).status).toBe(200)
  expect(sandbox.requests().at(-1)?.fault).toBe('slow')
  sandbox.faults.slow(600_000)
  const waiting = accounts(sandbox, 'x').catch((error: unknown) => error)
  await expect.poll(() => sandbox.count({ kind: 'bank_accounts' })).toBe(1)
  expect(sandbox.requests().at(-1)).toMatchObject({ kind: 'bank_accounts', status: undefined })
  await sandbox.close()
  expect(await waiting).toBeInstanceOf(TypeError)
})

test('reset breaks the connection before anything is done', async () => {
  const token = await userToken(sandbox)
  sandbox.faults.reset({ times: 1 })
  const transfer = call(sandbox, '/embedded-banking/v1/transfers', token, { method: 'POST', json: {} })
  await expect(transfer).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
  expect(sandbox.transfers()).toEqual([])
  expect(sandbox.count({ kind: 'transfers' })).toBe(1)
})

test('hang never answers, and close() ends it', async () => {
  sandbox.faults.hang()
  const hanging = [1, 2, 3].map(() => raw().catch((error: unknown) => error))
  await expect.poll(() => sandbox.count()).toBe(3)
  await sandbox.close()
  for (const outcome of await Promise.all(hanging)) expect(outcome).toBeInstanceOf(TypeError)
})

test('garbage is no JSON', async () => {
  sandbox.faults.garbage()
  const answer = await raw()
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/json')
  await expect(answer.json()).rejects.toBeInstanceOf(SyntaxError)
})

test('truncated does the work and cuts the answer', async () => {
  const token = await userToken(sandbox)
  sandbox.faults.truncated({ on: 'api' })
  const transfer = call(sandbox, '/embedded-banking/v1/transfers', token, { method: 'POST', json: {} })
  await expect(transfer).rejects.toBeInstanceOf(TypeError)
  expect(sandbox.transfers()).toHaveLength(1)
})

test('oversized is valid JSON of the size that was asked for', async () => {
  sandbox.faults.oversized({ bytes: 100_000, times: 1 })
  const text = await (await raw()).text()
  expect(text).toHaveLength(100_000)
  expect(JSON.parse(text)).toEqual({ padding: expect.any(String) })
  sandbox.faults.oversized()
  expect(await (await raw()).text()).toHaveLength(1024 * 1024)
})

test('answer gives exactly what it was told', async () => {
  sandbox.faults.answer({ status: 307, headers: { location: 'https://elsewhere.test/' }, body: 'moved' })
  const answer = await fetch(sandbox.baseUrl, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('location'), await answer.text()]).toEqual([
    307,
    'https://elsewhere.test/',
    'moved',
  ])
})

test('expireAccessTokens: the tokens so far are refused in either form, new ones are good', async () => {
  const token = await userToken(sandbox)
  const undo = sandbox.faults.expireAccessTokens()
  const as401 = await accounts(sandbox, token)
  expect([as401.status, as401.body.errorCode]).toEqual([401, 'token_expired'])
  expect((await accounts(sandbox, await userToken(sandbox))).status).toBe(200)
  undo()
  expect((await accounts(sandbox, token)).status).toBe(200)
  sandbox.faults.expireAccessTokens(400)
  const as400 = await accounts(sandbox, token)
  expect(as400.status).toBe(400)
  expect(as400.body).toEqual({ error: { message: 'The token has been expired.' } })
})

test('moveClock adds up and is taken back by clear', async () => {
  const token = await userToken(sandbox)
  sandbox.faults.moveClock(1_800_000)
  expect((await accounts(sandbox, token)).status).toBe(200)
  sandbox.faults.moveClock(1_800_000)
  expect((await accounts(sandbox, token)).status).toBe(401)
  sandbox.faults.clear()
  expect((await accounts(sandbox, token)).status).toBe(200)
})

test.each([
  ['a status below 400', () => sandbox.faults.status(200)],
  ['a negative delay', () => sandbox.faults.slow(-1)],
  ['times of zero', () => sandbox.faults.reset({ times: 0 })],
  ['a clock moved by NaN', () => sandbox.faults.moveClock(Number.NaN)],
])('%s is refused and switches nothing on', async (_name, wrong) => {
  expect(wrong).toThrow()
  expect(sandbox.faults.active()).toEqual([])
})
