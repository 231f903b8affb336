// What the platform publishes about tokens, one test for each fact. What is not published stands in the README as a
// choice of the sandbox.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../src/index.js'
import {
  accessTokenType,
  accounts,
  appToken,
  call,
  exchange,
  nowSeconds,
  postForm,
  startWidget,
  subjectToken,
  userToken,
  widgetToken,
} from './partner.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ rateLimit: false, clients: [{ clientId: 'first' }, { clientId: 'second' }] })
})
afterAll(() => sandbox.close())

test('a token exchange is a form POST to /openid/connect/token with the credentials in its body', async () => {
  const { clientId, clientSecret } = sandbox.options
  const asJson = await fetch(`${sandbox.baseUrl}/openid/connect/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  })
  expect(asJson.status).toBe(400)
  expect((await exchange(sandbox)).status).toBe(200)
})

test('an exchange answers access_token, issued_token_type, token_type Bearer and expires_in, 3600 as a rule', async () => {
  expect((await exchange(sandbox)).body).toEqual({
    access_token: expect.any(String),
    issued_token_type: accessTokenType,
    token_type: 'Bearer',
    expires_in: 3600,
  })
})

test('client credentials answer access_token, token_type and expires_in, and no issued_token_type', async () => {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.options
  const form = { grant_type: 'client_credentials', client_id, client_secret }
  const { body } = await postForm(sandbox, '/openid/connect/token', form)
  expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 })
})

test('an access token is a JWT with delegation claims: the application acts for the user', async () => {
  const claims = decodeJwt(await userToken(sandbox, 'u_1', 'one@partner.test'))
  expect(claims).toMatchObject({
    sub: 'u_1',
    email: 'one@partner.test',
    client_id: 'first',
    act: { sub: 'first' },
    scope: expect.stringContaining('embedded:transaction:read'),
  })
  expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(3601)
})

test("the application's own access token names nobody who is acted for", async () => {
  const claims = decodeJwt(await appToken(sandbox))
  expect(claims).toMatchObject({ sub: 'first', client_id: 'first' })
  expect(claims).not.toHaveProperty('act')
  expect(claims).not.toHaveProperty('email')
})

test('a token may live 1,800 s by its own exp beside expires_in 3600, and is refused after that', async () => {
  let now = Date.now()
  const options = { accessTokenOwnLifetimeSeconds: 1800, clock: { now: () => now } }
  await using running = await startSandbox(options)
  const { body } = await exchange(running)
  const token = String(body.access_token)
  expect(body.expires_in).toBe(3600)
  const { exp = 0, iat = 0 } = decodeJwt(token)
  expect(exp - iat).toBeLessThanOrEqual(1801)
  now += 1_799_000
  expect((await accounts(running, token)).status).toBe(200)
  now += 1_000
  expect((await accounts(running, token)).body.errorCode).toBe('token_expired')
})

test('a changed access token is no token: its signature is checked', async () => {
  const [header, , signature] = (await userToken(sandbox)).split('.')
  const claims = decodeJwt(await userToken(sandbox))
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'u_2', jti: 'other' })).toString('base64url')
  expect((await accounts(sandbox, `${header}.${forged}.${signature}`)).body.errorCode).toBe('token_invalid')
})

test('users are looked up by e-mail address: one address is one person, whatever the sub', async () => {
  const one = await accounts(sandbox, await userToken(sandbox, 'u_1', 'same@partner.test'))
  const other = await accounts(sandbox, await userToken(sandbox, 'u_2', 'same@partner.test'))
  expect(other.body).toEqual(one.body)
})

test('the same user under two client ids is two identities', async () => {
  const started = await Promise.all(
    [sandbox.client('first'), sandbox.client('second')].map(async (client) =>
      startWidget(sandbox, await widgetToken(client)),
    ),
  )
  expect(new Set(started.map(({ body }) => body.userId)).size).toBe(2)
})

test('a refusal is an OAuth error of status 400 or 401 with error and error_description', async () => {
  const unsigned = await exchange(sandbox, { subject_token: 'no token' })
  expect(unsigned).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  const unknown = await exchange(sandbox, { client_secret: 'wrong' })
  expect(unknown).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  for (const { body } of [unsigned, unknown]) expect(body.error_description).toEqual(expect.any(String))
})

test.each(['sub', 'email'])('a subject token without %s is refused', async (name) => {
  const token = await subjectToken(sandbox, { [name]: undefined })
  expect((await exchange(sandbox, { subject_token: token })).body.error).toBe('invalid_grant')
})

test.each(['/v1/auth/revoke', '/auth/revoke'])(
  '%s revokes a token: the pages name both paths',
  async (path) => {
    const { clientId: client_id, clientSecret: client_secret } = sandbox.options
    const token = await userToken(sandbox)
    expect((await postForm(sandbox, path, { token, client_id, client_secret })).status).toBe(200)
    expect((await accounts(sandbox, token)).status).toBe(401)
  },
)

test("the gateway's answer is the one that widgets know", async () => {
  const { status, body } = await startWidget(sandbox, await widgetToken(sandbox))
  expect(status).toBe(200)
  expect(body).toMatchObject({
    bankName: expect.any(String),
    disclosuresAccepted: true,
    disclosuresRequired: 'NOT_REQUIRED',
    organizationId: expect.any(String),
    organizationTypes: ['EMBEDDED'],
    scopes: expect.arrayContaining(['bank_account:read:org']),
    status: 'ACTIVE',
    userId: expect.any(String),
    vspName: expect.any(String),
  })
})

test('a widget secret is handed out as 64 hex digits, which are 32 bytes and neither text nor base64', async () => {
  const secret = sandbox.env.TESOURO_WIDGET_SECRET ?? ''
  expect(secret).toMatch(/^[0-9a-f]{64}$/)
  const mintedWith = async (key: Buffer<ArrayBuffer>): Promise<number> =>
    (await startWidget(sandbox, await widgetToken(sandbox, {}, { secret: key }))).status
  expect(await mintedWith(Buffer.from(secret, 'hex'))).toBe(200)
  expect(await mintedWith(Buffer.from(secret, 'utf8').subarray(0, 32))).toBe(401)
  expect(await mintedWith(Buffer.from(secret, 'base64').subarray(0, 32))).toBe(401)
})

test.each([
  ['480 s, as the public snippets mint it', 480],
  ["600 s, as the vendor's demo mints it", 600],
  ['300 s, the shortest', 300],
])('a widget token lives %s', async (_, seconds) => {
  const exp = nowSeconds() + seconds
  expect((await startWidget(sandbox, await widgetToken(sandbox, { exp }))).status).toBe(200)
})

test("the payload of the platform's React guide, without client secret and subject token, starts no widget", async () => {
  const guide = { sub: 'u_1', email: 'u_1@partner.test', aud: 'widget', iss: 'partner' }
  const without = Object.fromEntries(
    ['grant_type', 'client_id', 'client_secret', 'subject_token', 'subject_token_type'].map((name) => [
      name,
      undefined,
    ]),
  )
  const { status, body } = await startWidget(sandbox, await widgetToken(sandbox, { ...without, ...guide }))
  expect(status).toBe(401)
  expect(body.errorCode).toBe('widget_token_invalid')
})

test('a widget token is good for no REST call', async () => {
  const { status, body } = await accounts(sandbox, await widgetToken(sandbox))
  expect(status).toBe(401)
  expect(body.errorCode).toMatch(/^token_(invalid|missing)$/)
})

test('a widget reads the application status before its shell renders', async () => {
  const { body } = await startWidget(sandbox, await widgetToken(sandbox))
  const path = '/embedded-banking/v1/application-status'
  const answer = await call(sandbox, path, String(body.accessToken))
  expect(answer).toMatchObject({ status: 200, body: { applications: [] } })
  expect((await call(sandbox, path, undefined)).status).toBe(401)
})

test("a backend's scopes and a widget's are two families", async () => {
  const { body } = await startWidget(sandbox, await widgetToken(sandbox))
  const backend = String(decodeJwt(await userToken(sandbox)).scope).split(' ')
  expect(backend).toContain('embedded:transaction:read')
  expect(backend.filter((scope) => (body.scopes as string[]).includes(scope))).toEqual([])
  const asWidget = await exchange(sandbox, { scope: 'bank_account:read:org' })
  expect(asWidget.body.error).toBe('invalid_scope')
  const asBackend = await startWidget(
    sandbox,
    await widgetToken(sandbox, { scope: 'embedded:transaction:read' }),
  )
  expect(asBackend.body.errorCode).toBe('invalid_scope')
  expect((await accounts(sandbox, String(body.accessToken))).status).toBe(200)
})
