import type { Sandbox } from '@tesouro-tokens/sandbox'
import { envWith, type Mistake, platform, type SetUp, server } from './mistake.js'

/** A platform with faults, asked for a user whom it knows. */
const faulty = async (strike: (sandbox: Sandbox) => void): Promise<SetUp> => {
  const sandbox = await platform()
  strike(sandbox)
  return { env: sandbox.env, args: ['--user', 'u_1', '--email', 'u_1@example.com'] }
}

const refusal = (error: object) => ({ status: 400, body: JSON.stringify(error) })
const ofUser = { on: 'token', user: 'u_1' } as const

const client = (
  name: string,
  found: RegExp,
  setUp: Mistake['setUp'],
  todo = /./,
  status: 'fail' | 'warn' = 'fail',
): Mistake => ({ id: 'client', name, found, setUp, todo, status })

const exchange = (name: string, found: RegExp, setUp: Mistake['setUp'], todo = /./): Mistake => ({
  ...{ id: 'subject-token', status: 'fail' },
  ...{ name, found, setUp, todo },
})

/** What the platform answers to the client, to an exchange and to a widget. */
export const platformAnswers: readonly Mistake[] = [
  ...['unauthorized_client', 'unsupported_grant_type'].map((error) =>
    client(
      `a client without application tokens: ${error}`,
      new RegExp(`may not have application tokens \\(400 ${error}\\)`),
      () => faulty(({ faults }) => faults.answer(refusal({ error }), { on: 'token', times: 1 })),
      /grant client_credentials/,
      'warn',
    ),
  ),
  client(
    'a refusal of another kind',
    /the platform refuses \(400 invalid_scope: no such scope\)/,
    () =>
      faulty(({ faults }) =>
        faults.answer(refusal({ error: 'invalid_scope', error_description: 'no such scope' })),
      ),
    /troubleshooting/,
  ),
  client(
    'a client id that others use up',
    /rate limit is reached \(429\); it says to wait \d+ s/,
    () => faulty(({ faults }) => faults.status(429, { retryAfterSeconds: 7 })),
    /which process that is/,
    'warn',
  ),
  client(
    'a client secret that looks like a widget secret',
    /invalid_client/,
    async () => ({ env: await envWith({ TESOURO_CLIENT_SECRET: '0a'.repeat(32) }) }),
    /64 hex digits, as widget secrets have/,
  ),
  client(
    'the client id in the place of the secret',
    /invalid_client/,
    async () => {
      const env = await envWith()
      return { env: { ...env, TESOURO_CLIENT_SECRET: env.TESOURO_CLIENT_ID } }
    },
    /TESOURO_CLIENT_SECRET and TESOURO_CLIENT_ID are the same value/,
  ),
  client(
    'the client secret in the place of the id',
    /invalid_client/,
    async () => ({
      env: await envWith({ TESOURO_CLIENT_ID: 'a-secret'.repeat(8), TESOURO_CLIENT_SECRET: 'the-client-id' }),
    }),
    /The id is long and the secret is short/,
  ),
  client(
    'another server that knows no token endpoint',
    /knows no \/openid\/connect\/token \(404\)/,
    async () => ({
      env: await envWith({
        TESOURO_BASE_URL: await server((_request, response) => response.writeHead(404).end()),
      }),
    }),
    /^Check host and port/,
  ),
  client('a redirect without a target', /a redirect \(302\): it is never followed/, async () => ({
    env: await envWith({
      TESOURO_BASE_URL: await server((_request, response) => response.writeHead(302).end()),
    }),
  })),
  client('a web page of a type with parameters', /a web page \(HTML, status 200\)/, async () => ({
    env: await envWith({
      TESOURO_BASE_URL: await server((_request, response) =>
        response.setHeader('content-type', 'Text/HTML; charset=utf-8').end('hello'),
      ),
    }),
  })),
  exchange(
    'an exchange that is refused without a word',
    /the platform refuses it \(400 invalid_grant\)/,
    () => faulty(({ faults }) => faults.answer(refusal({ error: 'invalid_grant' }), ofUser)),
  ),
  exchange('an answer to an exchange that is no token', /status 200 and something that is no token/, () =>
    faulty(({ faults }) => faults.garbage(ofUser)),
  ),
  exchange(
    'a platform that fails at exchanges',
    /503/,
    () => faulty(({ faults }) => faults.status(503, ofUser)),
    /Try again later/,
  ),
  exchange(
    'a user without a name',
    /sub/,
    async () => ({ env: await envWith(), args: ['--user', '', '--email', 'u_1@example.com'] }),
    /Name another user/,
  ),
  {
    name: 'a gateway that ends connections',
    setUp: () => faulty(({ faults }) => faults.reset({ on: 'gateway' })),
    id: 'widget-token',
    status: 'warn',
    found: /the gateway has not answered/,
    todo: /Try again later/,
  },
  {
    name: 'a gateway that refuses without a document',
    setUp: () => faulty(({ faults }) => faults.answer({ status: 401, body: 'no' }, { on: 'gateway' })),
    id: 'widget-token',
    status: 'fail',
    found: /the gateway refuses it \(401\): another widget secret/,
  },
  {
    name: 'a gateway that refuses with a document of another kind',
    setUp: () => faulty(({ faults }) => faults.answer({ status: 403, body: '{}' }, { on: 'gateway' })),
    id: 'widget-token',
    status: 'fail',
    found: /the gateway refuses it \(403\): another widget secret/,
  },
  ...[30_000, -30_000].map((ms) => ({
    name: `a clock that is ${ms / 1_000} s ahead`,
    setUp: async () => ({ env: await envWith(), terminal: { now: () => Date.now() + ms } }),
    id: 'clock',
    status: 'warn' as const,
    found: /more than a minute is refused/,
  })),
  {
    name: 'a rate limit of which only the height is told',
    setUp: async () => ({
      env: await envWith({
        TESOURO_BASE_URL: await server((_request, response) =>
          response.setHeader('ratelimit-limit', '3').end('{}'),
        ),
      }),
    }),
    id: 'rate-limit',
    status: 'warn',
    found: /^3 requests a second, and the library sends 25/,
    todo: /requestsPerSecond: 1\./,
  },
]
