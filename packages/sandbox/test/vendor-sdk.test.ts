// The vendor's public Node SDK (tesourohq/tesouro-sdk-for-node 0.0.7, commit 99a0b63) gets its tokens by client
// credentials and speaks GraphQL. These are its requests as they were recorded once; the SDK itself is no part of this
// repository.
import { expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../src/index.js'

const tokenHeaders = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
const graphqlHeaders = {
  accept: 'application/json',
  'content-type': 'application/json',
  'user-agent': 'tesouro-sdk-for-node',
}

/** `application/x-www-form-urlencoded` as URLSearchParams writes it. */
const tokenBody = (clientId: string, secret: string): string =>
  `grant_type=client_credentials&client_id=${clientId}&client_secret=${encodeURIComponent(secret).replaceAll('%20', '+')}`

const graphqlBody =
  '{"query":"query Hello($a: Int) { hello(a: $a) }","variables":{"a":1},"operationName":"Hello"}'

async function askForToken({ baseUrl }: Sandbox, body: string): Promise<Response> {
  return fetch(`${baseUrl}/openid/connect/token`, { method: 'POST', headers: tokenHeaders, body })
}

async function withSandbox(work: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  await using sandbox = await startSandbox({
    recordBodies: true,
    clients: [{ clientId: 'sandbox-client', clientSecret: 'se cret+/&=' }],
    graphql: ({ variables, operationName }) => ({ hello: { ...variables, operationName } }),
  })
  await work(sandbox)
}

test("the vendor's SDK gets its token: the token endpoint stands where it derives it from /graphql", () =>
  withSandbox(async (sandbox) => {
    const recorded =
      'grant_type=client_credentials&client_id=sandbox-client&client_secret=se+cret%2B%2F%26%3D'
    expect(tokenBody('sandbox-client', 'se cret+/&=')).toBe(recorded)
    const answer = await askForToken(sandbox, recorded)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    // what it checks: a token that is there, a lifetime above 0, a type if there is one
    expect(await answer.json()).toEqual({
      access_token: expect.stringMatching(/./),
      token_type: 'Bearer',
      expires_in: 3600,
    })
    expect(sandbox.count({ kind: 'client_credentials', status: 200 })).toBe(1)
  }))

test('its GraphQL call is answered with data, and with the request id that it reads', () =>
  withSandbox(async (sandbox) => {
    const { clientSecret } = sandbox.options
    const { access_token } = (await (
      await askForToken(sandbox, tokenBody('sandbox-client', clientSecret))
    ).json()) as { access_token: string }
    const answer = await fetch(`${sandbox.baseUrl}/graphql`, {
      method: 'POST',
      headers: { ...graphqlHeaders, authorization: `Bearer ${access_token}` },
      body: graphqlBody,
    })
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(answer.headers.get('x-request-id')).toMatch(/./)
    expect(await answer.json()).toMatchObject({ data: { hello: { a: 1, operationName: 'Hello' } } })
    expect(sandbox.requests().at(-1)).toMatchObject({ kind: 'graphql', body: JSON.parse(graphqlBody) })
  }))

test('an expired token is answered with the 401 after which it asks for another', () =>
  withSandbox(async (sandbox) => {
    const { clientSecret } = sandbox.options
    const { access_token } = (await (
      await askForToken(sandbox, tokenBody('sandbox-client', clientSecret))
    ).json()) as { access_token: string }
    sandbox.faults.expireAccessTokens()
    const headers = { ...graphqlHeaders, authorization: `Bearer ${access_token}` }
    const answer = await fetch(`${sandbox.baseUrl}/graphql`, { method: 'POST', headers, body: graphqlBody })
    expect(answer.status).toBe(401)
  }))
