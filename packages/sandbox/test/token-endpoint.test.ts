import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../src/index.js'
import {
  accessTokenType,
  accounts,
  appToken,
  exchange,
  exchangeGrant,
  nowSeconds,
  postForm,
  subjectToken,
  unsecuredToken,
  userToken,
} from './partner.js'

const tokenPath = '/openid/connect/token'
const partnerKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
const sharedKey = randomBytes(32)
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({
    rateLimit: false,
    clients: [
      {
        clientId: 'first',
        subjectTokenKeys: [{ key: partnerKey.publicKey, algorithm: 'RS256', keyId: 'k1' }],
      },
      { clientId: 'unsigned', allowUnsignedSubjectTokens: true },
      { clientId: 'shared', subjectTokenKeys: [{ key: sharedKey, algorithm: 'HS256' }] },
    ],
  })
})
afterAll(() => sandbox.close())

test('an exchange is answered as the platform documents it', async () => {
  const { status, headers, body } = await exchange(sandbox)
  expect(status).toBe(200)
  expect(body).toEqual({
    access_token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
    issued_token_type: accessTokenType,
    token_type: 'Bearer',
    expires_in: 3600,
  })
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('content-type')).toMatch(/^application\/json/)
})

test('the token belongs to the user of the subject token, with its claims and the extra parameters', async () => {
  const { body } = await exchange(sandbox, {
    subject_token: await subjectToken(sandbox, { sub: 'u_7', email: 'seven@partner.test', role: 'owner' }),
    audience: 'bank',
    organization_reference: 'org-ref',
  })
  expect(sandbox.openAccessToken(String(body.access_token))).toMatchObject({
    clientId: 'first',
    sub: 'u_7',
    email: 'seven@partner.test',
    claims: { role: 'owner' },
    parameters: { audience: 'bank', organization_reference: 'org-ref' },
    active: true,
  })
})

test("a subject token signed with the partner's registered key is accepted", async () => {
  const signed = await subjectToken(sandbox, {}, { key: partnerKey.privateKey, algorithm: 'RS256' })
  expect((await exchange(sandbox, { subject_token: signed })).status).toBe(200)
})

test('an HMAC subject token is accepted from a client that registered the secret', async () => {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.client('shared').options
  const signed = await subjectToken(sandbox, {}, { key: sharedKey, algorithm: 'HS256' })
  const answer = await exchange(sandbox, { client_id, client_secret, subject_token: signed })
  expect(answer.status).toBe(200)
})

test('an HMAC made with the public key is refused', async () => {
  const pem = partnerKey.publicKey.export({ type: 'spki', format: 'pem' })
  const key: KeyObject = createSecretKey(Buffer.from(pem))
  const forged = await subjectToken(sandbox, {}, { key, algorithm: 'HS256' })
  expect((await exchange(sandbox, { subject_token: forged })).body.error).toBe('invalid_grant')
})

test('an unsigned subject token is accepted only where the client allows it', async () => {
  const unsigned = { subject_token: unsecuredToken() }
  expect((await exchange(sandbox, unsigned)).body.error).toBe('invalid_grant')
  const { clientId: client_id, clientSecret: client_secret } = sandbox.client('unsigned').options
  expect((await exchange(sandbox, { ...unsigned, client_id, client_secret })).status).toBe(200)
  const variant = unsecuredToken({}, { alg: 'NONE' })
  const refused = await exchange(sandbox, { subject_token: variant, client_id, client_secret })
  expect(refused.body.error).toBe('invalid_grant')
})

test('the clients are strangers to each other: a key of one signs nothing for another', async () => {
  const foreign = await subjectToken(sandbox.client('unsigned'))
  expect((await exchange(sandbox, { subject_token: foreign })).body.error).toBe('invalid_grant')
})

const badClaims: [string, Record<string, unknown>][] = [
  ['no sub', { sub: undefined }],
  ['an empty sub', { sub: '' }],
  ['a blank sub', { sub: '  ' }],
  ['a sub that is a number', { sub: 7 }],
  ['no email', { email: undefined }],
  ['an empty email', { email: '' }],
  ['an email that is a list', { email: ['a@partner.test'] }],
  ['an exp that passed 61 s ago', { exp: nowSeconds() - 61 }],
  ['an exp that is text', { exp: 'tomorrow' }],
  ['an nbf in the future', { nbf: nowSeconds() + 600 }],
]
test.each(badClaims)('a subject token with %s is refused', async (_name, claims) => {
  const { status, body } = await exchange(sandbox, { subject_token: await subjectToken(sandbox, claims) })
  expect(status).toBe(400)
  expect(body).toEqual({ error: 'invalid_grant', error_description: expect.any(String) })
})

test('a subject token that expired less than 60 s ago is tolerated', async () => {
  const late = await subjectToken(sandbox, { exp: nowSeconds() - 30 })
  expect((await exchange(sandbox, { subject_token: late })).status).toBe(200)
})

const badRequests: [string, Record<string, unknown>, number, string][] = [
  ['without a subject token', { subject_token: undefined }, 400, 'invalid_request'],
  ['with an empty subject token', { subject_token: '' }, 400, 'invalid_request'],
  ['with text for a subject token', { subject_token: 'not a token' }, 400, 'invalid_grant'],
  ['without a subject token type', { subject_token_type: undefined }, 400, 'invalid_request'],
  [
    'with the type of an ID token',
    { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    400,
    'invalid_request',
  ],
  ['for another kind of token', { requested_token_type: 'urn:x' }, 400, 'invalid_request'],
  ['for a scope that the client may not have', { scope: 'everything' }, 400, 'invalid_scope'],
  ['with a wrong client secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
  ['without a client secret', { client_secret: undefined }, 401, 'invalid_client'],
  ['from an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
  ['with another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
]
test.each(badRequests)('an exchange %s is refused', async (_name, members, status, error) => {
  const answer = await exchange(sandbox, members)
  expect(answer.body.error).toBe(error)
  expect(answer.status).toBe(status)
})

test('a disabled user gets no token until enabled again, and others notice nothing', async () => {
  const enable = sandbox.disableUser('u_1')
  expect((await exchange(sandbox)).body.error).toBe('invalid_grant')
  expect(await userToken(sandbox, 'u_2')).not.toBe('undefined')
  enable()
  expect((await exchange(sandbox)).status).toBe(200)
  const again = sandbox.disableUser('u_1', 'access_denied')
  expect((await exchange(sandbox)).body.error).toBe('access_denied')
  again()
})

test('client credentials give a token that belongs to no user', async () => {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.options
  const { status, body } = await postForm(sandbox, tokenPath, {
    grant_type: 'client_credentials',
    client_id,
    client_secret,
  })
  expect(status).toBe(200)
  expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 })
  expect(sandbox.openAccessToken(String(body.access_token))).toMatchObject({
    clientId: 'first',
    sub: undefined,
  })
})

test('a token narrowed by scope says so and opens nothing else', async () => {
  const { body } = await exchange(sandbox, { scope: 'embedded:statement:read' })
  expect(body.scope).toBe('embedded:statement:read')
  expect((await accounts(sandbox, String(body.access_token))).status).toBe(403)
})

test('revocation ends a token of the client, and of no other client', async () => {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.options
  for (const token of [await userToken(sandbox), await appToken(sandbox)]) {
    const other = sandbox.client('unsigned').options
    const form = { token, client_id: other.clientId, client_secret: other.clientSecret }
    await postForm(sandbox, sandbox.revocationPath, form)
    expect((await accounts(sandbox, token)).status).toBe(200)
    const { status } = await postForm(sandbox, sandbox.revocationPath, { token, client_id, client_secret })
    expect(status).toBe(200)
    expect((await accounts(sandbox, token)).status).toBe(401)
    expect(sandbox.openAccessToken(token)?.active).toBe(false)
  }
})

test('revocation of an unknown token is fine, revocation by a stranger is not', async () => {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.options
  const unknown = await postForm(sandbox, sandbox.revocationPath, { token: 'x', client_id, client_secret })
  expect(unknown.status).toBe(200)
  const form = { token: 'x', client_id, client_secret: 'wrong' }
  expect((await postForm(sandbox, sandbox.revocationPath, form)).body.error).toBe('invalid_client')
})

test('rotated secrets: both serve, then the old ones are refused', async () => {
  const before = sandbox.options
  const rotated = sandbox.rotateSecrets()
  expect(sandbox.options.clientSecret).toBe(rotated.clientSecret)
  expect(sandbox.env.TESOURO_WIDGET_SECRET).toBe(rotated.widgetSecret)
  expect((await exchange(sandbox, { client_secret: before.clientSecret })).status).toBe(200)
  expect((await exchange(sandbox)).status).toBe(200)
  rotated.retirePrevious()
  expect((await exchange(sandbox, { client_secret: before.clientSecret })).status).toBe(401)
  expect((await exchange(sandbox)).status).toBe(200)
})

test('nothing is printed to the console of the process that runs the sandbox', async () => {
  onTestFinished(() => void vi.restoreAllMocks())
  const names = ['log', 'info', 'warn', 'error'] as const
  const spies = names.map((name) => vi.spyOn(console, name))
  const quiet = await startSandbox()
  await exchange(quiet)
  await exchange(quiet, { client_secret: 'wrong' })
  await postForm(quiet, quiet.revocationPath, {
    token: await userToken(quiet),
    ...exchangeCredentials(quiet),
  })
  await appToken(quiet)
  await quiet.close()
  expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([])
})

function exchangeCredentials({ options }: Sandbox): Record<string, string> {
  return { grant_type: exchangeGrant, client_id: options.clientId, client_secret: options.clientSecret }
}
