import { expect, onTestFinished, test } from 'vitest'
import { createTesouroTokens, type TesouroTokens, type TesouroTokensOptions } from '../../src/index.js'
import { json, type Reply, type ScriptedServer, startServer } from '../token-endpoint/scripted-server.js'
import { grants } from '../token-endpoint/set-up.js'
import { rejectionOf, validOptions } from '../valid-options.js'

async function setUp(
  reply: Reply,
  options: Partial<TesouroTokensOptions> = {},
): Promise<{ server: ScriptedServer; tokens: TesouroTokens }> {
  const server = await startServer(reply)
  const tokens = createTesouroTokens(
    validOptions({ environment: undefined, baseUrl: server.url.href, retry: false, ...options }),
  )
  onTestFinished(async () => {
    await tokens.close()
    await server.close()
  })
  return { server, tokens }
}

test('a process that starts sends something to the platform although nobody asked for that', async () => {
  const { server, tokens } = await setUp(grants)
  await tokens.ready()
  await tokens.ready({ platform: false })
  expect(server.seen).toHaveLength(0)
})

test('the platform is asked again for what it has proven', async () => {
  const { server, tokens } = await setUp(grants)
  await Promise.all([tokens.ready({ platform: true }), tokens.ready({ platform: true })])
  await tokens.ready({ platform: true })
  expect(server.seen.map(({ form }) => form.get('grant_type'))).toEqual(['client_credentials'])
})

test('a cached token proves a secret that the platform no longer takes', async () => {
  let refuse = false
  const { tokens } = await setUp((response, ...seen) =>
    refuse ? json(response, 401, { error: 'invalid_client' }) : grants(response, ...seen),
  )
  await tokens.getAppAccessToken()
  refuse = true
  await expect(tokens.ready({ platform: true })).rejects.toMatchObject({ code: 'configuration' })
})

test('a wrong client secret is found by the first visitor', async () => {
  const { server, tokens } = await setUp((response) => json(response, 401, { error: 'invalid_client' }))
  const error = await rejectionOf(tokens.ready({ platform: true }))
  expect(error).toMatchObject({ code: 'configuration', retryable: false })
  expect(String(error)).toContain(`clientId and clientSecret: ${server.url.origin} refuses them`)
  expect(String(error)).toContain('401 invalid_client')
})

test('a client that may not have application tokens cannot start, or is told that its secret is wrong', async () => {
  for (const error of ['unauthorized_client', 'unsupported_grant_type']) {
    const { tokens } = await setUp((response) => json(response, 400, { error }))
    await tokens.ready({ platform: true })
    const clock = { now: () => Date.now() + 600_000, monotonic: () => performance.now() }
    const { tokens: late } = await setUp((response) => json(response, 400, { error }), { clock })
    expect(String(await rejectionOf(late.ready({ platform: true })))).toContain('clock is 10 min ahead')
  }
})

test('a refusal of something else is blamed on the secret', async () => {
  const { tokens } = await setUp((response) =>
    json(response, 400, { error: 'invalid_scope', error_description: 'no such scope' }),
  )
  const error = await rejectionOf(tokens.ready({ platform: true }))
  expect(error).toMatchObject({ code: 'configuration' })
  expect(String(error)).toContain(
    'application token: the token endpoint refused the request with 400 invalid_scope: no such scope',
  )
})

test("the platform's request id is lost where a start fails", async () => {
  const headers = { 'content-type': 'application/json', 'x-request-id': 'req-of-the-start' }
  for (const [status, body] of [
    [401, '{"error":"invalid_client"}'],
    [400, '{"error":"invalid_request"}'],
    [200, '<h1>hello</h1>'],
    [503, '{}'],
  ] as const) {
    const { tokens } = await setUp((response) => void response.writeHead(status, headers).end(body))
    expect(await rejectionOf(tokens.ready({ platform: true }))).toMatchObject({
      requestId: 'req-of-the-start',
    })
  }
})

test('a port on which another server listens is found by the first visitor', async () => {
  const { server, tokens } = await setUp((response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>')
  })
  const error = await rejectionOf(tokens.ready({ platform: true }))
  expect(error).toMatchObject({ code: 'configuration' })
  expect(String(error)).toContain(`baseUrl: what answers at ${server.url.origin} is not the platform`)
})

test('a port that fetch does not ask looks like a platform that is down, and no code says why', async () => {
  const tokens = createTesouroTokens(
    validOptions({ environment: undefined, baseUrl: 'http://127.0.0.1:6000', retry: false }),
  )
  const error = await rejectionOf(tokens.ready({ platform: true }))
  expect(String(error)).toContain('could not be reached at http://127.0.0.1:6000 (BAD_PORT)')
  await tokens.close()
})

test('a clock that is ten minutes off is found by the first visitor', async () => {
  for (const [offMs, said] of [
    [600_000, '10 min ahead of'],
    [-600_000, '10 min behind'],
  ] as const) {
    const clock = { now: () => Date.now() + offMs, monotonic: () => performance.now() }
    const { tokens } = await setUp(grants, { clock })
    await tokens.ready()
    const error = await rejectionOf(tokens.ready({ platform: true }))
    expect(error).toMatchObject({ code: 'configuration' })
    expect(String(error)).toContain(`clock is ${said} the platform's`)
  }
})

test('a platform that is down for a moment is taken for a mistake in the configuration, or remembered', async () => {
  let down = true
  const { tokens } = await setUp((response, ...seen) =>
    down ? json(response, 503, {}) : grants(response, ...seen),
  )
  await expect(tokens.ready({ platform: true })).rejects.toMatchObject({
    code: 'upstream_unavailable',
    retryable: true,
  })
  down = false
  await tokens.ready({ platform: true })
})

test('closing while the platform is asked leaves the process waiting', async () => {
  let asked = (): void => {}
  const reached = new Promise<void>((resolve) => {
    asked = resolve
  })
  const { tokens } = await setUp(() => asked())
  const ready = rejectionOf(tokens.ready({ platform: true }))
  await reached
  await tokens.close()
  expect(await ready).toMatchObject({ code: 'closed' })
  expect(await rejectionOf(tokens.ready({ platform: true }))).toMatchObject({ code: 'closed' })
})
