import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../src/index.js'
import { exchange, nowSeconds, type Reply, userToken, widgetToken } from './partner.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ rateLimit: false })
})
afterEach(() => sandbox.faults.clear())
afterAll(() => sandbox.close())

async function control(
  method: string,
  path: string,
  json?: unknown,
): Promise<Pick<Reply, 'status' | 'body'>> {
  const response = await fetch(`${sandbox.baseUrl}/__sandbox/${path}`, {
    method,
    ...(json !== undefined && {
      body: JSON.stringify(json),
      headers: { 'content-type': 'application/json' },
    }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('an operation that there is not is done, or a body that is none is read', async () => {
  expect((await control('GET', 'nothing')).status).toBe(404)
  const post = async (path: string, body: string, type?: string): Promise<number> => {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
    const answer = await fetch(`${sandbox.baseUrl}/__sandbox/${path}`, {
      ...{ method: 'POST', headers, body: Buffer.from(body) },
    })
    return answer.status
  }
  expect(await post('faults', '{"fault":"hang"}')).toBe(415)
  expect(await post('faults', 'no json', 'application/json')).toBe(400)
  expect(await post('faults', `"${'x'.repeat(1_100_000)}"`, 'application/json')).toBe(400)
  expect(sandbox.faults.active()).toEqual([])
  for (const body of [{}, { widgetToken: 1 }, []]) {
    expect((await control('POST', 'open', body)).body.errorCode).toBe('invalid_body')
  }
})

test('a page of this machine may not ask, or is not told that it may from a public address', async () => {
  const ask = async (more: Record<string, string>): Promise<Headers> => {
    const headers = { origin: 'http://localhost:3000', 'access-control-request-method': 'POST', ...more }
    const answer = await fetch(`${sandbox.baseUrl}/__sandbox/faults`, { method: 'OPTIONS', headers })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
    return answer.headers
  }
  const name = 'access-control-allow-private-network'
  expect((await ask({})).get(name)).toBeNull()
  expect((await ask({ 'access-control-request-private-network': 'true' })).get(name)).toBe('true')
})

test('a widget token that holds no JWT is not shown', async () => {
  const token = await widgetToken(sandbox, { subject_token: 'opaque' })
  const { status, body } = await control('POST', 'open', { widgetToken: token })
  expect(status).toBe(200)
  expect(body).toMatchObject({ accepted: false, refusal: { error: 'invalid_grant' } })
  expect(body).not.toHaveProperty('subjectToken')
})

test('faults are switched on and off over HTTP', async () => {
  const { body } = await control('POST', 'faults', { fault: 'status', status: 503, on: 'token', times: 5 })
  expect(body.active).toEqual([
    { id: body.id, fault: 'status 503', struck: 0, scope: { on: 'token', times: 5 } },
  ])
  expect((await exchange(sandbox)).status).toBe(503)
  await control('DELETE', `faults/${body.id}`)
  expect((await exchange(sandbox)).status).toBe(200)
})

test.each([
  { fault: 'slow', ms: 5 },
  { fault: 'status', status: 429, retryAfterSeconds: 2 },
  { fault: 'reset' },
  { fault: 'hang' },
  { fault: 'garbage' },
  { fault: 'truncated' },
  { fault: 'oversized' },
  { fault: 'expireAccessTokens', status: 400 },
  { fault: 'moveClock', ms: 60_000 },
])('$fault can be asked for, and clear ends it', async (fault) => {
  await control('POST', 'faults', fault)
  expect(sandbox.faults.active().map(({ fault: name }) => name.split(' ')[0])).toEqual([fault.fault])
  await control('POST', 'faults', { fault: 'clear' })
  expect((await control('GET', 'faults')).body).toEqual({ active: [] })
})

test.each([
  {},
  { fault: 'flood' },
  { fault: 'slow' },
  { fault: 'slow', ms: 'much' },
  { fault: 'reset', tmes: 1 },
  [],
])('%j is no fault', async (fault) => {
  expect((await control('POST', 'faults', fault)).status).toBe(400)
  expect(sandbox.faults.active()).toEqual([])
})

test('the counts are told over HTTP, without counting that', async () => {
  await control('DELETE', 'stats')
  await userToken(sandbox, 'u_5')
  const { body } = await control('GET', 'stats')
  expect(body).toMatchObject({ total: 1, users: { u_5: { token_exchange: 1 } } })
})

test('a widget token is opened for display without a secret in the answer', async () => {
  const { status, body } = await control('POST', 'open', { widgetToken: await widgetToken(sandbox) })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    header: { alg: 'A256KW', enc: 'A256GCM' },
    payload: { client_id: 'sandbox-client', exp: expect.any(Number) },
    subjectToken: { header: { alg: 'ES256' }, claims: { sub: 'u_1', email: 'u_1@partner.test' } },
    accepted: true,
  })
  const { clientSecret, widgetSecret } = sandbox.options
  expect(JSON.stringify(body)).not.toContain(clientSecret)
  expect(JSON.stringify(body)).not.toContain(widgetSecret)
  expect(JSON.stringify(body)).not.toMatch(/eyJ/)
})

test('a widget token that is refused is shown with the reason', async () => {
  const token = await widgetToken(sandbox, { exp: nowSeconds() - 1 })
  const { body } = await control('POST', 'open', { widgetToken: token })
  expect(body).toMatchObject({ accepted: false, refusal: { error: 'widget_token_expired' } })
  expect((await control('POST', 'open', { widgetToken: 'nothing' })).status).toBe(422)
})

const statusFor = (headers: Record<string, string>, method = 'GET'): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(`${sandbox.baseUrl}/__sandbox/stats`, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })

test('pages and names that are not of this machine operate nothing', async () => {
  expect(await statusFor({ origin: 'https://evil.test' })).toBe(403)
  expect(await statusFor({ origin: 'http://localhost.evil.test' })).toBe(403)
  expect(await statusFor({ origin: 'null' })).toBe(403)
  expect(await statusFor({ host: 'rebound.evil.test' })).toBe(403)
  expect(await statusFor({ origin: 'http://localhost:3000' })).toBe(200)
})

test('a form of another page, sent without asking first, operates nothing', async () => {
  const response = await fetch(`${sandbox.baseUrl}/__sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{"fault":"hang"}',
  })
  expect(response.status).toBe(415)
  expect(sandbox.faults.active()).toEqual([])
})

/** Addresses of this machine that are not loopback, as a container would have one. */
const addresses = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address)

test.skipIf(addresses.length === 0)(
  'a sandbox that listens on an address of a network is operated from that machine only',
  async () => {
    await using running = await startSandbox({ host: addresses[0] })
    const { hostname, port } = new URL(running.baseUrl)
    const statusFor = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ host: hostname, port, path: '/__sandbox/stats', headers }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        })
        sent.once('error', reject).end()
      })
    expect(await statusFor({})).toBe(200)
    expect(await statusFor({ host: 'rebound.evil.test' })).toBe(403)
    expect(await statusFor({ host: `rebound.evil.test:${port}` })).toBe(403)
    expect(await statusFor({ origin: running.baseUrl })).toBe(403)
  },
)

test.skipIf(addresses.length === 0)(
  'a connection that comes from another address than it goes to is refused',
  async () => {
    await using running = await startSandbox({ host: '0.0.0.0' })
    const { port } = new URL(running.baseUrl)
    const status = await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/__sandbox/stats', localAddress: addresses[0] }
      const sent = request(options, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      sent.once('error', reject).end()
    })
    expect(status).toBe(403)
  },
)
