// What the platform refuses, and what it says when nothing was asked for.
import { CompactEncrypt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../src/index.js'
import {
  accounts,
  appToken,
  call,
  exchange,
  postForm,
  unsecuredToken,
  userToken,
  widgetToken,
} from './partner.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    rateLimit: false,
    clients: [{ clientId: 'first', allowUnsignedSubjectTokens: true }, { clientId: 'second' }],
  })
})
afterAll(() => sandbox.close())

test('a body that is longer than 1 MiB is kept, or taken', async () => {
  const token = await userToken(sandbox)
  const transfer = { pad: 'x'.repeat(1_100_000) }
  const { status, body } = await call(sandbox, '/embedded-banking/v1/transfers', token, {
    method: 'POST',
    json: transfer,
  })
  expect({ status, code: body.errorCode }).toEqual({ status: 413, code: 'too_large' })
  expect(sandbox.transfers()).toEqual([])
})

test('a statement has another length than was asked for', async () => {
  const token = await userToken(sandbox)
  const read = async (query: string): Promise<[number, number]> => {
    const answer = await fetch(`${sandbox.baseUrl}/embedded-banking/v1/statements${query}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return [answer.status, (await answer.arrayBuffer()).byteLength]
  }
  expect(await read('')).toEqual([200, 4_096])
  expect(await read('?bytes=7')).toEqual([200, 7])
  for (const bytes of ['0', '-1', 'many', '1.5', '67108865']) {
    expect((await read(`?bytes=${bytes}`))[0]).toBe(400)
  }
})

test('users are listed by a page token of nobody’s, or created without an e-mail address', async () => {
  const token = await appToken(sandbox)
  const path = '/identity/v1/users'
  expect((await call(sandbox, `${path}?pagination_token=x`, token)).body.errorCode).toBe('invalid_query')
  for (const json of [{}, { email: 'nobody' }, []]) {
    const { status, body } = await call(sandbox, path, token, { method: 'POST', json })
    expect({ status, code: body.errorCode }).toEqual({ status: 400, code: 'invalid_body' })
  }
  const text = await fetch(sandbox.baseUrl + path, {
    ...{ method: 'POST', body: 'no json' },
    headers: { authorization: `Bearer ${token}` },
  })
  expect(text.status).toBe(400)
})

test('a client sees the users of another', async () => {
  const users = [
    { email: 'of-second@partner.test', clientId: 'second' },
    { email: 'of-all@partner.test' },
  ] as const
  const clients = [{ clientId: 'first' }, { clientId: 'second' }]
  await using two = await startSandbox({ clients, users })
  await userToken(two, 'u_1')
  const listed = async (clientId: string): Promise<unknown> => {
    const { options } = two.client(clientId)
    const { body } = await postForm(two, '/openid/connect/token', {
      ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: options.clientSecret },
    })
    const { body: page } = await call(two, '/identity/v1/users', String(body.access_token))
    return (page.data as { email: string }[]).map(({ email }) => email).sort()
  }
  expect(await listed('first')).toEqual(['of-all@partner.test', 'u_1@partner.test'])
  expect(await listed('second')).toEqual(['of-all@partner.test', 'of-second@partner.test'])
})

test('credentials in a header (RFC 6749 §2.3.1) are refused', async () => {
  const { clientId, clientSecret } = sandbox.options
  const send = async (body: URLSearchParams, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(`${sandbox.baseUrl}/openid/connect/token`, { method: 'POST', body, headers })).status
  const grant = new URLSearchParams({ grant_type: 'client_credentials' })
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  expect(await send(grant, { authorization })).toBe(200)
})

test('a revocation that names no token is counted for a user', async () => {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.options
  const { status } = await postForm(sandbox, sandbox.revocationPath, { client_id, client_secret })
  expect(status).toBe(400)
  expect(sandbox.requests().at(-1)).toMatchObject({ kind: 'revoke', clientId: 'first', user: undefined })
})

test('an unsigned subject token that has expired, or is a part of one, is taken', async () => {
  const description = async (token: string): Promise<unknown> =>
    (await exchange(sandbox, { subject_token: token })).body.error_description
  expect(await description(unsecuredToken({ exp: 1_000 }))).toBe('the subject token has expired')
  expect(await description(unsecuredToken({ nbf: 4_000_000_000 }))).toMatch(/nbf claim is not acceptable/)
  expect(await description(unsecuredToken().replace(/\..*\./, '.e30!.'))).toMatch(/is not a valid JWT/)
})

test('a widget token that is cut, or holds a text, is opened', async () => {
  const parts = (await widgetToken(sandbox)).split('.')
  for (const [cut, reason] of [
    [1, 'it is encrypted with no widget secret of this platform'],
    [2, 'it cannot be decrypted'],
  ] as const) {
    const token = parts.map((part, index) => (index === cut ? part.slice(0, 8) : part)).join('.')
    await expect(sandbox.openWidgetToken(token)).rejects.toThrow(reason)
  }
  const secret = Buffer.from(sandbox.options.widgetSecret, 'hex')
  const text = await new CompactEncrypt(new TextEncoder().encode('"a text"'))
    .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM' })
    .encrypt(secret)
  await expect(sandbox.openWidgetToken(text)).rejects.toThrow('its content is not a JSON object')
})

test('a token of no sandbox’s, or a client of none, is found', async () => {
  expect(sandbox.openAccessToken('a.b.c')).toBeUndefined()
  expect(sandbox.openAccessToken('opaque')).toBeUndefined()
  expect((await accounts(sandbox, 'a.b.c')).status).toBe(401)
  expect(() => sandbox.client('third')).toThrow(/^the sandbox has no such client$/)
})

test('a token of the application is a user’s after a restart with the same seed', async () => {
  const seed = { seed: 'restarted', port: 0 }
  const before = await startSandbox(seed)
  const token = await appToken(before)
  await before.close()
  await using after = await startSandbox(seed)
  expect(after.openAccessToken(token)).toMatchObject({ sub: undefined, email: undefined, active: true })
})

test('GraphQL without an answer of the test’s own has none, or shows what the test has thrown', async () => {
  const ask = async (of: Sandbox): Promise<Record<string, unknown>> =>
    (await call(of, '/graphql', await userToken(of), { method: 'POST', json: { query: '{ x }' } })).body
  expect(await ask(sandbox)).toEqual({ data: { __typename: 'Query' } })
  await using throwing = await startSandbox({ graphql: () => Promise.reject('canary of a text') })
  const { detail, errorCode } = await ask(throwing)
  expect({ detail, errorCode }).toEqual({
    detail: 'The option graphql of startSandbox threw (string).',
    errorCode: 'graphql_option',
  })
})

test('a status that HTTP has no name for is answered without a title', async () => {
  const undo = sandbox.faults.status(599, { on: 'api' })
  const { status, body } = await accounts(sandbox, await userToken(sandbox))
  undo()
  expect({ status, title: body.title }).toEqual({ status: 599, title: 'Error' })
})

test('what fails inside of the sandbox is shown, or ends the connection', async () => {
  const lines: string[] = []
  let calls = Number.NEGATIVE_INFINITY
  const now = (): number => {
    calls += 1
    if (calls > 1) throw new RangeError('canary')
    return Date.now()
  }
  await using failing = await startSandbox({ clock: { now }, log: (line) => lines.push(line) })
  const token = await userToken(failing)
  calls = 0
  const { status, body } = await accounts(failing, token)
  calls = Number.NEGATIVE_INFINITY
  expect({ status, code: body.errorCode }).toEqual({ status: 500, code: 'internal' })
  expect(lines).toContain('internal error: RangeError')
  expect(JSON.stringify([body, lines])).not.toContain('canary')
})

test('a clock that gives no time takes the date out of answers', async () => {
  await using wrong = await startSandbox({ clock: { now: () => Number.NaN } })
  const answer = await fetch(`${wrong.baseUrl}/nowhere`)
  expect(Date.parse(answer.headers.get('date') ?? '')).toBeGreaterThan(1_700_000_000_000)
})
