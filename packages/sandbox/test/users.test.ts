import { createTesouroTokens } from '@tesouro-tokens/core'
import { expect, test } from 'vitest'
import { startSandbox } from '../src/index.js'
import { accounts, appToken, call, exchange, subjectToken, userToken } from './partner.js'

const path = '/embedded-banking/v1/bank-accounts'

test('a declared user has the declared accounts, and others have made-up ones', async () => {
  const users = [
    {
      email: 'Owner@bakery.test',
      accounts: [
        { name: 'Tills', balance: '120.00', available: '100.00' },
        { name: 'Old', type: 'savings', status: 'closed', balance: '-3.10' },
        { name: 'Of the child', organizationId: 'org_child' },
      ],
    },
  ] as const
  const clients = [{ clientId: 'bakery', organizationIds: ['org', 'org_child'] }]
  await using sandbox = await startSandbox({ users, clients })
  await using tokens = createTesouroTokens(sandbox.options)
  const owner = { sub: 'u_1', email: 'owner@bakery.test' }
  const answer = await tokens.fetchAsUser(owner, path)
  expect(await answer.json()).toMatchObject({
    data: [
      {
        name: 'Tills',
        type: 'checking',
        status: 'open',
        balance: { current: '120.00', available: '100.00' },
      },
      { name: 'Old', type: 'savings', status: 'closed', balance: { current: '-3.10', available: '-3.10' } },
    ],
    nextPaginationToken: null,
  })
  const child = await tokens.fetchAsUser(owner, path, { headers: { 'x-organization-id': 'org_child' } })
  expect(await child.json()).toMatchObject({ data: [{ name: 'Of the child', organizationId: 'org_child' }] })
  const other = await accounts(sandbox, await userToken(sandbox, 'u_2'))
  expect((other.body.data as unknown[]).length).toBeGreaterThanOrEqual(3)
})

test('a user who is declared disabled gets no token', async () => {
  await using sandbox = await startSandbox({ users: [{ email: 'gone@bakery.test', status: 'disabled' }] })
  const token = await subjectToken(sandbox, { email: 'gone@bakery.test' })
  expect((await exchange(sandbox, { subject_token: token })).body.error).toBe('invalid_grant')
  const { body } = await call(sandbox, '/identity/v1/users', await appToken(sandbox))
  expect(body.data).toEqual([expect.objectContaining({ email: 'gone@bakery.test', status: 'disabled' })])
})

test("a user of one client is nobody's at another", async () => {
  const users = [{ email: 'same@bakery.test', clientId: 'a', accounts: [] }]
  await using sandbox = await startSandbox({ users, clients: [{ clientId: 'a' }, { clientId: 'b' }] })
  const at = async (clientId: string): Promise<number> => {
    const client = sandbox.client(clientId)
    await using tokens = createTesouroTokens(client.options)
    const answer = await tokens.fetchAsUser({ sub: 'u', email: 'same@bakery.test' }, path)
    return ((await answer.json()) as { data: unknown[] }).data.length
  }
  expect(await at('a')).toBe(0)
  expect(await at('b')).toBeGreaterThanOrEqual(3)
})

test.each([
  ['no e-mail address', [{ email: 'nobody' }]],
  ['an unknown member', [{ email: 'a@b.test', balance: '1.00' }]],
  ['one address twice', [{ email: 'a@b.test' }, { email: 'A@B.test' }]],
  ['a balance that is a number', [{ email: 'a@b.test', accounts: [{ name: 'x', balance: 1 }] }]],
])('users with %s are refused at start', async (_name, users) => {
  await expect(startSandbox({ users: users as never })).rejects.toThrow(/^startSandbox: users/)
})

test('what a user names and no client has counts for nothing, and nobody is told', async () => {
  const clients = [{ clientId: 'bakery', organizationIds: ['org'] }, { clientId: 'mill' }]
  const email = 'owner@bakery.test'
  for (const [user, problem] of [
    [{ email, clientId: 'baker' }, 'users.0.clientId names no client of this sandbox'],
    [{ email, scopes: ['embedded:acount:read'] }, 'users.0.scopes.0 is no scope of the client'],
    [
      { email, clientId: 'bakery', accounts: [{ name: 'Tills' }, { name: 'Old', organizationId: 'orgs' }] },
      'users.0.accounts.1.organizationId is no organization of the client',
    ],
    [{ email, clientId: 'mill', accounts: [{ name: 'Old', organizationId: 'org' }] }, 'no organization'],
  ] as const) {
    await expect(startSandbox({ clients, users: [user] })).rejects.toThrow(problem)
  }
  await using sandbox = await startSandbox({
    clients,
    users: [{ email, scopes: ['bank_account:read:org'], accounts: [{ name: 'Old', organizationId: 'org' }] }],
  })
  expect(sandbox.clientId).toBe('bakery')
})

test('a misspelt member of a client counts for nothing', async () => {
  const client = { clientId: 'bakery', subjectTokenKey: [] }
  await expect(startSandbox({ clients: [client] })).rejects.toThrow(
    /^startSandbox: clients.0: unknown member subjectTokenKey: did you mean subjectTokenKeys/,
  )
})
