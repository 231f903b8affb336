import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createTesouroTokens, isTesouroTokensError, tesouroTokensFromEnv } from '../../src/index.js'

const baseUrl = 'http://sandbox:4010'
const credentials = { clientId: 'id', clientSecret: 'client-secret' }

afterEach(() => vi.unstubAllEnvs())

function problemsOf(options: object): readonly string[] {
  try {
    createTesouroTokens({ ...credentials, ...options })
    return []
  } catch (error) {
    if (!isTesouroTokensError(error, 'configuration')) throw error
    return error.problems
  }
}

test('secrets go over http: to another host unless somebody says that they may', () => {
  expect(problemsOf({ baseUrl })).toEqual([
    expect.stringMatching(/^baseUrl: must be https: .*allowHttp: true/),
  ])
  expect(problemsOf({ baseUrl, allowHttp: false })).toHaveLength(1)
  expect(problemsOf({ baseUrl, allowHttp: true })).toEqual([])
})

test.each(['true', 1, null, {}])('allowHttp %j is taken for true', (allowHttp) => {
  expect(problemsOf({ baseUrl, allowHttp })).toContainEqual('allowHttp: must be true or false')
})

test('allowHttp is taken where NODE_ENV is production', () => {
  vi.stubEnv('NODE_ENV', 'production')
  expect(problemsOf({ baseUrl, allowHttp: true })).toEqual([
    expect.stringMatching(/^allowHttp: is refused where NODE_ENV is production/),
  ])
  expect(problemsOf({ baseUrl: 'https://bank.example', allowHttp: true })).toHaveLength(1)
})

test.each(['http://user@sandbox:4010', 'http://sandbox:4010?a=b', 'ftp://sandbox:4010', 'http://'])(
  'allowHttp lets %s in',
  (other) => {
    expect(problemsOf({ baseUrl: other, allowHttp: true })).toHaveLength(1)
  },
)

test('a token is not exchanged over http: although it may be', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"access_token":"token","token_type":"Bearer","expires_in":3600}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const env = {
    TESOURO_BASE_URL: baseUrl,
    TESOURO_CLIENT_ID: 'id',
    TESOURO_CLIENT_SECRET: 'client-secret',
    TESOURO_SUBJECT_TOKEN_KEY: JSON.stringify({ kty: 'oct', k: btoa('x'.repeat(32)).replace(/=+$/, '') }),
    TESOURO_SUBJECT_TOKEN_ALGORITHM: 'HS256',
  }
  await using tokens = tesouroTokensFromEnv({
    env,
    allowHttp: true,
    // stands in for the name server of a container's network
    fetch: (input, init) => fetch(String(input).replace('sandbox:4010', `127.0.0.1:${port}`), init),
  })
  expect((await tokens.getAppAccessToken()).accessToken).toBe('token')
  server.close()
})
