// What the platform publishes about its REST and GraphQL calls, one test for each fact.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../src/index.js'
import { accounts, appToken, call, exchange, startWidget, userToken, widgetToken } from './partner.js'

const path = '/embedded-banking/v1/bank-accounts'
const many = {
  email: 'many@partner.test',
  accounts: Array.from({ length: 130 }, (_, at) => ({ name: `No. ${at}` })),
}
const named = (body: Record<string, unknown>): string[] =>
  (body.data as { name: string }[]).map(({ name }) => name)

let sandbox: Sandbox
let token: string
beforeAll(async () => {
  sandbox = await startSandbox({ rateLimit: false, users: [many] })
  token = await userToken(sandbox, 'u_many', many.email)
})
afterAll(() => sandbox.close())

/** Every account, page by page. */
async function readAll(of: Sandbox, accessToken: string, limit: number): Promise<string[][]> {
  const pages: string[][] = []
  let next: unknown = ''
  while (typeof next === 'string') {
    const query = next === '' ? `limit=${limit}` : `limit=${limit}&pagination_token=${next}`
    const { body } = await call(of, `${path}?${query}`, accessToken)
    pages.push(named(body))
    next = body.nextPaginationToken
  }
  return pages
}

test('a page of accounts is data, nextPaginationToken and prevPaginationToken', async () => {
  const { body } = await call(sandbox, path, token)
  expect(Object.keys(body).sort()).toEqual(['data', 'nextPaginationToken', 'prevPaginationToken'])
})

test('limit is 25 unless given and at most 100', async () => {
  expect(named((await call(sandbox, path, token)).body)).toHaveLength(25)
  expect(named((await call(sandbox, `${path}?limit=100`, token)).body)).toHaveLength(100)
  for (const limit of ['101', '0', '-1', '2.5', '1e1', '']) {
    expect((await call(sandbox, `${path}?limit=${limit}`, token)).status).toBe(400)
  }
})

test('pagination_token leads forth and back through all pages', async () => {
  const pages = await readAll(sandbox, token, 50)
  expect(pages.map(({ length }) => length)).toEqual([50, 50, 30])
  expect(pages.flat()).toEqual(many.accounts.map(({ name }) => name))
  const first = await call(sandbox, `${path}?limit=50`, token)
  const query = `${path}?limit=50&pagination_token=`
  const second = await call(sandbox, query + first.body.nextPaginationToken, token)
  const back = await call(sandbox, query + second.body.prevPaginationToken, token)
  expect(back.body).toEqual(first.body)
  expect(first.body.prevPaginationToken).toBeNull()
})

test('a pagination_token is opaque and only good with the limit and filters that it was made for', async () => {
  const { body } = await call(sandbox, `${path}?limit=50`, token)
  const next = String(body.nextPaginationToken)
  const child = `${(body.data as { organizationId: string }[])[0]?.organizationId}_child`
  const refused = await Promise.all([
    call(sandbox, `${path}?limit=25&pagination_token=${next}`, token),
    call(sandbox, `${path}?limit=50&pagination_token=${next}x`, token),
    call(sandbox, `${path}?limit=50&pagination_token=50`, token),
    call(sandbox, `${path}?limit=50&pagination_token=${next}`, await userToken(sandbox, 'u_2')),
    call(sandbox, `${path}?limit=50&pagination_token=${next}`, token, {
      headers: { 'x-organization-id': child },
    }),
  ])
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400])
})

test('the misspelt paginationToken is refused instead of answering the first page for ever', async () => {
  const { status, body } = await call(sandbox, `${path}?paginationToken=x`, token)
  expect(status).toBe(400)
  expect(body.detail).toContain('pagination_token')
})

test('a short page is no end', async () => {
  await using short = await startSandbox({ rateLimit: false, users: [many], shortPages: true })
  const pages = await readAll(short, await userToken(short, 'u_many', many.email), 100)
  expect(pages.map(({ length }) => length)).toEqual([50, 50, 30])
})

test('X-Organization-ID chooses a child organization', async () => {
  const organizationIds = ['org_parent', 'org_child']
  await using parent = await startSandbox({ clients: [{ clientId: 'parent', organizationIds }] })
  const headers = { 'x-organization-id': 'org_child' }
  const { body } = await call(parent, path, await userToken(parent), { headers })
  expect((body.data as { organizationId: string }[])[0]?.organizationId).toBe('org_child')
})

test('support asks for x-request-id: every answer has one of its own', async () => {
  await using limited = await startSandbox({ rateLimit: 5 })
  const user = await userToken(limited)
  limited.faults.status(500, { on: 'api', times: 1 })
  const answers = [
    await exchange(limited),
    await accounts(limited, user),
    await accounts(limited, undefined),
    await call(limited, '/nowhere', undefined),
    await startWidget(limited, await widgetToken(limited)),
    await fetch(`${limited.baseUrl}/__sandbox/stats`),
    ...(await Promise.all(Array.from({ length: 40 }, () => accounts(limited, user)))),
  ]
  expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 401, 404, 429, 500]))
  const ids = answers.map(({ headers }) => headers.get('x-request-id'))
  expect(ids.filter((id) => !/^[0-9a-f-]{36}$/.test(id ?? ''))).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
  const recorded = limited.requests().map(({ requestId }) => requestId)
  expect(ids).toEqual(expect.arrayContaining(recorded.slice(1)))
})

test('users are created at their first sign-in, or by POST /identity/v1/users', async () => {
  await using running = await startSandbox({ rateLimit: false, users: [{ email: 'known@partner.test' }] })
  const app = await appToken(running)
  const list = async (query = ''): Promise<unknown[]> => {
    const { body } = await call(running, `/identity/v1/users${query}`, app)
    return (body.data as { email: string }[]).map(({ email }) => email)
  }
  expect(await list()).toEqual(['known@partner.test'])
  await userToken(running, 'u_1', 'signed-in@partner.test')
  const json = { email: 'created@partner.test' }
  const created = await call(running, '/identity/v1/users', app, { method: 'POST', json })
  expect(created).toMatchObject({
    status: 201,
    body: { id: expect.stringMatching(/^usr_/), status: 'active' },
  })
  const again = await call(running, '/identity/v1/users', app, { method: 'POST', json })
  expect(again.status).toBe(409)
  expect(await list()).toEqual(['known@partner.test', 'signed-in@partner.test', 'created@partner.test'])
  expect(await list('?email=CREATED@partner.test')).toEqual(['created@partner.test'])
  const byUser = await call(running, '/identity/v1/users', await userToken(running))
  expect(byUser.status).toBe(403)
})

test('permissions come from roles: a user without one gets 403, and a changed role wants a new token', async () => {
  const users = [{ email: 'reader@partner.test', scopes: ['embedded:statement:read'] }]
  await using running = await startSandbox({ users })
  const { status, body } = await accounts(running, await userToken(running, 'r', 'reader@partner.test'))
  expect(status).toBe(403)
  expect(body.errorCode).toBe('insufficient_scope')
})

test('an expired token is told in either of two ways: 401, or 400 with the message', async () => {
  const undo = sandbox.faults.expireAccessTokens(400)
  const asBadRequest = await accounts(sandbox, token)
  expect(asBadRequest).toMatchObject({
    status: 400,
    body: { error: { message: 'The token has been expired.' } },
  })
  undo()
  const undoOther = sandbox.faults.expireAccessTokens(401)
  expect((await accounts(sandbox, token)).status).toBe(401)
  undoOther()
})

test('other errors are problem details with an errorCode', async () => {
  const { body } = await call(sandbox, `${path}?limit=0`, token)
  expect(Object.keys(body).sort()).toEqual(['detail', 'errorCode', 'instance', 'status', 'title', 'type'])
})

test('X-Client-Secret and Authorization in one request are refused', async () => {
  const headers = { 'x-client-secret': 'cs_0' }
  expect((await call(sandbox, path, token, { headers })).status).toBe(400)
})

test('the rate limit is told in the headers of REST answers, in both forms', async () => {
  await using limited = await startSandbox()
  const { headers } = await accounts(limited, await userToken(limited))
  expect(headers.get('ratelimit-limit')).toBe('30')
  expect(headers.get('ratelimit-remaining')).toMatch(/^2[89]$/)
  expect(headers.get('ratelimit-reset')).toBe('1')
  expect(headers.get('x-ratelimit-limit-second')).toBe('30')
  expect(headers.get('x-ratelimit-remaining-second')).toMatch(/^2[89]$/)
})

test('over the limit: 429 with Retry-After and the message', async () => {
  await using limited = await startSandbox({ rateLimit: 1 })
  const answers = await Promise.all(Array.from({ length: 40 }, () => accounts(limited, undefined)))
  const refused = answers.find(({ status }) => status === 429)
  if (refused === undefined) throw new Error('none of 40 requests at once was refused')
  const { body, headers } = refused
  expect(body).toEqual({ message: 'API rate limit exceeded' })
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
})

test('GraphQL tells its limit in extensions of the answer, not in headers', async () => {
  const graphql = ({
    query,
    variables,
    sub,
  }: {
    query: string
    variables: object
    sub: unknown
  }): unknown => ({
    query,
    variables,
    sub,
  })
  await using running = await startSandbox({ graphql })
  const json = { query: '{ accounts { id } }', variables: { first: 1 } }
  const user = await userToken(running, 'u_1')
  const { status, body, headers } = await call(running, '/graphql', user, { method: 'POST', json })
  expect(status).toBe(200)
  expect(body).toEqual({
    data: { ...json, sub: 'u_1' },
    extensions: { rateLimit: { limit: 30, remaining: expect.any(Number), reset: 1 } },
  })
  expect(headers.get('ratelimit-limit')).toBeNull()
  expect((await call(running, '/graphql', user, { method: 'POST', json: {} })).status).toBe(400)
})

test("every answer tells the platform's own time", async () => {
  await using running = await startSandbox()
  running.faults.moveClock(-3_600_000)
  const { headers } = await accounts(running, undefined)
  expect(Math.abs(Date.parse(headers.get('date') ?? '') - (Date.now() - 3_600_000))).toBeLessThan(60_000)
})

test('a missing, malformed or expired token gets 401, a good one without the scope 403', async () => {
  const users = [{ email: 'reader@partner.test', scopes: ['embedded:transaction:read'] }]
  await using running = await startSandbox({ users })
  const good = await userToken(running)
  for (const bad of [undefined, 'not-a-token', 'two words', `${good}x`, good.slice(0, -3), ''])
    expect((await call(running, path, bad)).status, bad).toBe(401)
  expect((await call(running, path, good)).status).toBe(200)
  const undo = running.faults.expireAccessTokens()
  expect((await call(running, path, good)).status).toBe(401)
  undo()
  const reader = await userToken(running, 'u_reader', 'reader@partner.test')
  expect((await call(running, path, reader)).status).toBe(403)
})
