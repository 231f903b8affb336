import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../src/index.js'
import { accounts, appToken, call, userToken } from './partner.js'

const path = '/embedded-banking/v1/bank-accounts'
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ rateLimit: false })
})
afterAll(() => sandbox.close())

interface Account {
  id: string
  organizationId: string
  balance: { current: string; available: string }
}
const dataOf = (body: Record<string, unknown>): Account[] => body.data as Account[]

test('accounts look like accounts', async () => {
  const { status, body } = await accounts(sandbox, await userToken(sandbox))
  expect(status).toBe(200)
  expect(body.nextPaginationToken).toBeNull()
  expect(dataOf(body).length).toBeGreaterThanOrEqual(3)
  for (const account of dataOf(body)) {
    expect(account).toEqual({
      id: expect.stringMatching(/^ba_[0-9a-f]{12}$/),
      organizationId: expect.any(String),
      name: expect.any(String),
      type: expect.stringMatching(/^(checking|savings)$/),
      status: 'open',
      currency: 'USD',
      accountNumber: expect.stringMatching(/^••••\d{4}$/),
      routingNumber: expect.any(String),
      balance: {
        current: expect.stringMatching(/^\d+\.\d{2}$/),
        available: expect.stringMatching(/^\d+\.\d{2}$/),
      },
    })
  }
})

test('a user has the same accounts in every sandbox, and nobody has those of another', async () => {
  const other = await startSandbox()
  const mine = await accounts(sandbox, await userToken(sandbox, 'u_1'))
  const again = await accounts(other, await userToken(other, 'u_1'))
  const yours = await accounts(sandbox, await userToken(sandbox, 'u_2'))
  const ours = await accounts(sandbox, await appToken(sandbox))
  await other.close()
  expect(again.body).toEqual(mine.body)
  const ids = [mine, yours, ours].flatMap(({ body }) => dataOf(body).map(({ id }) => id))
  expect(new Set(ids).size).toBe(ids.length)
})

test('pages follow each other without gap or repetition', async () => {
  const token = await userToken(sandbox)
  const all = dataOf((await accounts(sandbox, token)).body)
  const seen: Account[] = []
  let next: unknown = ''
  while (next !== null) {
    const { body } = await call(sandbox, `${path}?limit=2${next && `&pagination_token=${next}`}`, token)
    seen.push(...dataOf(body))
    next = body.nextPaginationToken
  }
  expect(seen).toEqual(all)
})

test.each(['limit=0', 'limit=many', 'limit=1000', 'pagination_token=%00'])(
  'the query %s is refused',
  async (query) => {
    const { status, body } = await call(sandbox, `${path}?${query}`, await userToken(sandbox))
    expect(status).toBe(400)
    expect(body).toMatchObject({ errorCode: 'invalid_query', status: 400 })
  },
)

test('X-Organization-ID chooses a child organization, and no organization of others', async () => {
  const token = await userToken(sandbox)
  const [own] = dataOf((await accounts(sandbox, token)).body)
  const child = `${own?.organizationId}_child`
  const chosen = await call(sandbox, path, token, { headers: { 'x-organization-id': child } })
  expect(dataOf(chosen.body)[0]?.organizationId).toBe(child)
  expect(dataOf(chosen.body)[0]?.id).not.toBe(own?.id)
  const foreign = await call(sandbox, path, token, { headers: { 'x-organization-id': 'org_of_others' } })
  expect(foreign.status).toBe(403)
  expect(foreign.body.errorCode).toBe('organization_forbidden')
})

test.each([
  ['missing', undefined, 'token_missing'],
  ['unknown', 'nobody-issued-this', 'token_invalid'],
  ['malformed', 'two words', 'token_missing'],
])('an access token that is %s gets 401 as problem details', async (_name, token, errorCode) => {
  const { status, body, headers } = await accounts(sandbox, token)
  expect(status).toBe(401)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
  expect(body).toEqual({
    type: 'about:blank',
    title: 'Unauthorized',
    status: 401,
    detail: expect.any(String),
    instance: path,
    errorCode,
  })
})

test('an access token is refused from the moment it expires', async () => {
  let now = Date.now()
  const running = await startSandbox({ accessTokenLifetimeSeconds: 60, clock: { now: () => now } })
  const token = await userToken(running)
  now += 59_999
  expect((await accounts(running, token)).status).toBe(200)
  now += 1
  expect((await accounts(running, token)).body.errorCode).toBe('token_expired')
  expect(running.openAccessToken(token)?.active).toBe(false)
  await running.close()
})

test('a client without the scope gets 403', async () => {
  const running = await startSandbox({
    clients: [{ clientId: 'narrow', scopes: ['embedded:statement:read'] }],
  })
  for (const token of [await userToken(running), await appToken(running)]) {
    const { status, body } = await accounts(running, token)
    expect(status).toBe(403)
    expect(body.errorCode).toBe('insufficient_scope')
  }
  await running.close()
})

test('a transfer that is posted twice is made twice', async () => {
  const token = await userToken(sandbox, 'u_9')
  const json = { amount: '12.50', memo: 'rent' }
  const first = await call(sandbox, '/embedded-banking/v1/transfers', token, { method: 'POST', json })
  const second = await call(sandbox, '/embedded-banking/v1/transfers', token, { method: 'POST', json })
  expect([first.status, second.status]).toEqual([201, 201])
  expect(sandbox.transfers().map(({ sub, body }) => ({ sub, body }))).toEqual([
    { sub: 'u_9', body: json },
    { sub: 'u_9', body: json },
  ])
  expect(first.body.id).not.toBe(second.body.id)
  expect(sandbox.count({ kind: 'transfers', user: 'u_9', status: 201 })).toBe(2)
})

test('a transfer that is no JSON object is refused and not recorded', async () => {
  sandbox.resetStats()
  const token = await userToken(sandbox)
  const answer = await call(sandbox, '/embedded-banking/v1/transfers', token, { method: 'POST', json: [1] })
  expect(answer.status).toBe(400)
  expect(sandbox.transfers()).toEqual([])
})

test('a statement has exactly the bytes that were asked for', async () => {
  const headers = { authorization: `Bearer ${await userToken(sandbox)}` }
  const url = `${sandbox.baseUrl}/embedded-banking/v1/statements?bytes=5000000`
  const answer = await fetch(url, { headers })
  expect((await answer.arrayBuffer()).byteLength).toBe(5_000_000)
})

test('other paths and methods get 404 and 405', async () => {
  expect((await call(sandbox, '/nowhere', undefined)).status).toBe(404)
  const wrong = await call(sandbox, path, undefined, { method: 'POST' })
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toBe('GET')
})

test("a graphql option that throws is taken for a mistake of the sandbox's", async () => {
  const graphql = (): never => {
    throw new RangeError('no such query in this test')
  }
  await using running = await startSandbox({ graphql })
  const { status, body } = await call(running, '/graphql', await userToken(running), {
    method: 'POST',
    json: { query: '{ a }' },
  })
  expect(status).toBe(500)
  expect(body.detail).toBe(
    'The option graphql of startSandbox threw (RangeError: no such query in this test).',
  )
})
