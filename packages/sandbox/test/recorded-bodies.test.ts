import { createTesouroTokens } from '@tesouro-tokens/core'
import { expect, test } from 'vitest'
import { startSandbox } from '../src/index.js'
import { call, postForm, userToken } from './partner.js'

const mask = '••••••••'

test('requests() holds bodies where asked, and no secret of them', async () => {
  await using sandbox = await startSandbox({ recordBodies: true })
  await using tokens = createTesouroTokens(sandbox.options)
  const { accessToken } = await tokens.getUserAccessToken({
    sub: 'u_1',
    email: 'u_1@partner.test',
    requestParameters: { audience: 'bank', actor_token: 'actor-canary' },
  })
  const json = { amount: '1.00', memo: 'rent', nested: [{ apiKey: 'key-canary' }], __proto__: 1 }
  await call(sandbox, '/embedded-banking/v1/transfers', accessToken, { method: 'POST', json })
  const { clientId: client_id, clientSecret: client_secret } = sandbox.options
  await postForm(sandbox, sandbox.revocationPath, { token: accessToken, client_id, client_secret })
  const bodies = sandbox.requests().map(({ body }) => body)
  expect(bodies).toEqual([
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: 'bank',
      actor_token: mask,
      client_id,
      client_secret: mask,
      subject_token: mask,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    },
    { amount: '1.00', memo: 'rent', nested: [{ apiKey: mask }] },
    { token: mask, client_id, client_secret: mask },
  ])
  for (const secret of [client_secret, accessToken, 'actor-canary', 'key-canary']) {
    expect(JSON.stringify(sandbox.requests())).not.toContain(secret)
  }
})

test('requests() holds no body unless asked', async () => {
  await using sandbox = await startSandbox()
  await userToken(sandbox)
  expect(sandbox.requests()).toEqual([expect.not.objectContaining({ body: expect.anything() })])
})

test.each([
  ['nested 30,000 deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
  ['that is no JSON', '{"a":'],
  ['of a prototype', '{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}'],
])('a body %s ends no connection and changes nothing', async (_name, body) => {
  await using sandbox = await startSandbox({ recordBodies: true })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${sandbox.baseUrl}/nowhere`, { method: 'POST', headers, body })
  expect(answer.status).toBe(404)
  expect({}).not.toHaveProperty('x')
  expect({}).not.toHaveProperty('y')
})

test('only the last 1,000 bodies are kept, and none over 64 KiB', async () => {
  await using sandbox = await startSandbox({ recordBodies: true, rateLimit: false })
  const post = (json: unknown): Promise<unknown> =>
    call(sandbox, '/nowhere', undefined, { method: 'POST', json })
  await post({ memo: 'x'.repeat(70_000) })
  expect(sandbox.requests()[0]).not.toHaveProperty('body')
  await Promise.all(Array.from({ length: 1_100 }, (_, at) => post({ at })))
  const kept = sandbox.requests().filter(({ body }) => body !== undefined)
  expect(kept).toHaveLength(1_000)
})
