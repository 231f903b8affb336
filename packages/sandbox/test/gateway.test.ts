import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, SandboxRefusal, startSandbox } from '../src/index.js'
import { accounts, nowSeconds, startWidget, subjectToken, unsecuredToken, widgetToken } from './partner.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ rateLimit: false, clients: [{ clientId: 'first' }, { clientId: 'second' }] })
})
afterAll(() => sandbox.close())

test('a widget starts with a token that is right, and its access token is good for the accounts', async () => {
  const { status, body } = await startWidget(sandbox, await widgetToken(sandbox))
  expect(status).toBe(200)
  expect(body).toEqual({
    bankName: 'Sandbox Community Bank',
    disclosuresAccepted: true,
    disclosuresRequired: 'NOT_REQUIRED',
    organizationId: expect.stringMatching(/^org_/),
    organizationTypes: ['EMBEDDED'],
    scopes: ['bank_account:read:org', 'statement:read:org', 'transfer:write:org'],
    status: 'ACTIVE',
    userId: expect.stringMatching(/^usr_/),
    vspName: expect.any(String),
    accessToken: expect.any(String),
    expiresIn: 3600,
  })
  expect((await accounts(sandbox, String(body.accessToken))).status).toBe(200)
})

test('every client has its own users, whatever their ids are', async () => {
  const second = sandbox.client('second')
  const one = await startWidget(sandbox, await widgetToken(sandbox))
  const other = await startWidget(sandbox, await widgetToken(second))
  expect(one.body.userId).not.toBe(other.body.userId)
  expect(one.body.organizationId).not.toBe(other.body.organizationId)
})

test('openWidgetToken gives what is inside', async () => {
  const exp = nowSeconds() + 300
  const signed = await subjectToken(sandbox, { sub: 'u_7', email: 'seven@partner.test', role: 'owner' })
  const token = await widgetToken(sandbox, { exp, subject_token: signed, organization_reference: 'ref' })
  expect(await sandbox.openWidgetToken(token)).toEqual({
    clientId: 'first',
    sub: 'u_7',
    email: 'seven@partner.test',
    claims: expect.objectContaining({ role: 'owner', sub: 'u_7', jti: expect.any(String) }),
    parameters: { organization_reference: 'ref' },
    iat: expect.any(Number),
    exp,
    secrets: { clientSecret: 'current', widgetSecret: 'current' },
  })
})

const now = nowSeconds()
const bad: [string, () => Promise<string>, string][] = [
  ['that is no JWE', async () => 'a.b.c', 'widget_token_invalid'],
  ['of five parts of nothing', async () => '....', 'widget_token_invalid'],
  [
    'made with A128KW',
    () => widgetToken(sandbox, {}, { alg: 'A128KW', secret: randomBytes(16) }),
    'widget_token_invalid',
  ],
  ['made with dir', () => widgetToken(sandbox, {}, { alg: 'dir' }), 'widget_token_invalid'],
  ['made with A256GCMKW', () => widgetToken(sandbox, {}, { alg: 'A256GCMKW' }), 'widget_token_invalid'],
  ['made with A128GCM', () => widgetToken(sandbox, {}, { enc: 'A128GCM' }), 'widget_token_invalid'],
  [
    'made with A256CBC-HS512',
    () => widgetToken(sandbox, {}, { enc: 'A256CBC-HS512' }),
    'widget_token_invalid',
  ],
  [
    'under another widget secret',
    () => widgetToken(sandbox, {}, { secret: randomBytes(32) }),
    'widget_token_invalid',
  ],
  [
    'under the widget secret of another client',
    () =>
      widgetToken(sandbox, {}, { secret: Buffer.from(sandbox.client('second').options.widgetSecret, 'hex') }),
    'invalid_client',
  ],
  ['with a wrong client secret', () => widgetToken(sandbox, { client_secret: 'wrong' }), 'invalid_client'],
  ["with another client's id", () => widgetToken(sandbox, { client_id: 'second' }), 'invalid_client'],
  [
    'without a client secret',
    () => widgetToken(sandbox, { client_secret: undefined }),
    'widget_token_invalid',
  ],
  ['that has expired', () => widgetToken(sandbox, { iat: now - 400, exp: now - 1 }), 'widget_token_expired'],
  ['that lives 700 s', () => widgetToken(sandbox, { exp: now + 700 }), 'widget_token_invalid'],
  [
    'that lives 700 s, most of them over',
    () => widgetToken(sandbox, { iat: now - 600, exp: now + 100 }),
    'widget_token_invalid',
  ],
  [
    'that is issued in the future',
    () => widgetToken(sandbox, { iat: now + 300, exp: now + 500 }),
    'widget_token_invalid',
  ],
  ['without exp', () => widgetToken(sandbox, { exp: undefined }), 'widget_token_invalid'],
  ['without iat', () => widgetToken(sandbox, { iat: undefined }), 'widget_token_invalid'],
  ['with exp as text', () => widgetToken(sandbox, { exp: String(now + 300) }), 'widget_token_invalid'],
  ['without a grant type', () => widgetToken(sandbox, { grant_type: undefined }), 'invalid_request'],
  [
    'with another subject token type',
    () => widgetToken(sandbox, { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' }),
    'invalid_request',
  ],
  ['without a subject token', () => widgetToken(sandbox, { subject_token: undefined }), 'invalid_request'],
  [
    'with an unsigned subject token',
    () => widgetToken(sandbox, { subject_token: unsecuredToken() }),
    'invalid_grant',
  ],
  [
    'whose subject token has no email',
    async () => widgetToken(sandbox, { subject_token: await subjectToken(sandbox, { email: undefined }) }),
    'invalid_grant',
  ],
]
test.each(bad)(
  'a widget token %s is refused, over HTTP and by openWidgetToken',
  async (_name, make, error) => {
    const token = await make()
    const { status, body, headers } = await startWidget(sandbox, token)
    expect(body.errorCode).toBe(error)
    expect(status).toBe(401)
    expect(headers.get('content-type')).toBe('application/problem+json')
    const refusal: unknown = await sandbox.openWidgetToken(token).catch((reason: unknown) => reason)
    expect(refusal).toBeInstanceOf(SandboxRefusal)
    expect(refusal).toMatchObject({ error })
  },
)

test('a wrong alg or enc is named in the refusal, so that nobody has to guess', async () => {
  const wrongAlg = await widgetToken(sandbox, {}, { alg: 'A256GCMKW' })
  await expect(sandbox.openWidgetToken(wrongAlg)).rejects.toThrow('alg is not A256KW')
  const wrongEnc = await widgetToken(sandbox, {}, { enc: 'A128GCM' })
  await expect(sandbox.openWidgetToken(wrongEnc)).rejects.toThrow('enc is not A256GCM')
})

test('a widget token that lives 660 s is within the tolerance', async () => {
  const token = await widgetToken(sandbox, { exp: nowSeconds() + 655 })
  expect((await startWidget(sandbox, token)).status).toBe(200)
})

test('without a token there is no session', async () => {
  expect((await startWidget(sandbox, undefined)).body.errorCode).toBe('widget_token_missing')
})

test('a widget token dies when the clock reaches its exp', async () => {
  const token = await widgetToken(sandbox)
  const undo = sandbox.faults.moveClock(10 * 60_000)
  expect((await startWidget(sandbox, token)).body.errorCode).toBe('widget_token_expired')
  undo()
  expect((await startWidget(sandbox, token)).status).toBe(200)
})

test('a disabled user starts no widget', async () => {
  const enable = sandbox.disableUser('u_1', 'access_denied')
  expect((await startWidget(sandbox, await widgetToken(sandbox))).status).toBe(403)
  enable()
})

test('openWidgetToken tells which secrets a token was made with, so that a mixture is seen', async () => {
  const running = await startSandbox()
  const previous = { ...running.options }
  const old = await widgetToken(running)
  const { retirePrevious } = running.rotateSecrets()
  const secrets = async (token: string): Promise<unknown> => (await running.openWidgetToken(token)).secrets
  expect(await secrets(old)).toEqual({ clientSecret: 'previous', widgetSecret: 'previous' })
  expect(await secrets(await widgetToken(running))).toEqual({
    clientSecret: 'current',
    widgetSecret: 'current',
  })
  const mixed = await widgetToken(running, { client_secret: previous.clientSecret })
  expect(await secrets(mixed)).toEqual({ clientSecret: 'previous', widgetSecret: 'current' })
  retirePrevious()
  await expect(secrets(old)).rejects.toMatchObject({ error: 'widget_token_invalid' })
  await running.close()
})

test('a widget in a page of another origin may call the gateway and the accounts', async () => {
  for (const path of ['/api/widget-gateway/init', '/embedded-banking/v1/bank-accounts']) {
    const answer = await fetch(sandbox.baseUrl + path, {
      method: 'OPTIONS',
      headers: { origin: 'https://partner.test', 'access-control-request-method': 'POST' },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization')
  }
  const refused = await startWidget(sandbox, 'x')
  expect(refused.headers.get('access-control-allow-origin')).toBe('*')
})

test('no page may call the token endpoint', async () => {
  const headers = { origin: 'https://partner.test', 'access-control-request-method': 'POST' }
  const answer = await fetch(`${sandbox.baseUrl}/openid/connect/token`, { method: 'OPTIONS', headers })
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
})
