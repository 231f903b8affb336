import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { cert, key } from './certificate.js'
import { closedPort, envWith, firstFree, type Mistake, platform, server, socketServer } from './mistake.js'

const otherKey = JSON.stringify(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
)

/** No name server is asked for it: a label has 63 characters at most. */
const tooLong = 'a'.repeat(64)

/** Addresses, credentials, clocks and keys. */
export const platformMistakes: readonly Mistake[] = [
  {
    name: 'the wrong port',
    setUp: async () => ({
      env: await envWith({ TESOURO_BASE_URL: `http://127.0.0.1:${await closedPort()}` }),
    }),
    id: 'address',
    status: 'fail',
    found: /nothing listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
    todo: /npx @tesouro-tokens\/sandbox --port/,
  },
  {
    name: 'a host that does not exist',
    setUp: async () => ({ env: await envWith({ TESOURO_BASE_URL: `https://${tooLong}.example` }) }),
    id: 'address',
    status: 'fail',
    found: /the name a+\.example has no address/,
    todo: /TESOURO_ENVIRONMENT=sandbox/,
  },
  {
    name: 'https: where the sandbox speaks http:',
    setUp: async () => {
      const env = await envWith()
      return { env: { ...env, TESOURO_BASE_URL: env.TESOURO_BASE_URL?.replace('http:', 'https:') } }
    },
    id: 'address',
    status: 'fail',
    found: /speaks no TLS/,
    todo: /Write http:\/\/127/,
  },
  {
    name: 'a port that fetch does not ask',
    setUp: async () => {
      const { env } = await platform({ port: await firstFree([6665, 6666, 6667, 6668, 6669, 6679, 6697]) })
      return { env }
    },
    id: 'client',
    status: 'fail',
    found: /could not be reached at http:\/\/127\.0\.0\.1:\d+ \(BAD_PORT\)/,
    todo: /listen on another one/,
  },
  {
    name: 'https: where nothing begins TLS',
    setUp: async () => {
      const port = await socketServer(() => {})
      return { env: await envWith({ TESOURO_BASE_URL: `https://127.0.0.1:${port}` }) }
    },
    id: 'address',
    status: 'fail',
    found: /accepts the connection and answers no TLS handshake/,
    todo: /needs http:\/\/127/,
  },
  {
    name: 'a certificate that nobody has signed',
    setUp: async () => {
      const listening = createServer({ key, cert }, (_request, response) => response.end())
      await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void listening.close())
      const { port } = listening.address() as AddressInfo
      return { env: await envWith({ TESOURO_BASE_URL: `https://localhost:${port}` }) }
    },
    id: 'address',
    status: 'fail',
    found: /signed by no authority that Node knows \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    todo: /NODE_EXTRA_CA_CERTS/,
  },
  {
    name: 'a subject token of another user',
    setUp: async () => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const claims = { sub: 'somebody', email: 'somebody@example.com', exp: 4_000_000_000 }
      return {
        env: await envWith({ TESOURO_SUBJECT_TOKEN_KEY: undefined }),
        files: { 'token.jwt': `${part({ alg: 'ES256' })}.${part(claims)}.c2ln` },
        args: ['--subject-token-file', 'token.jwt', '--user', 'u_1', '--email', 'u_1@example.com'],
      }
    },
    id: 'subject-token',
    status: 'fail',
    found: /has a sub that is not the user's/,
    todo: /of this very user/,
  },
  {
    name: 'the port of the own application',
    setUp: async () => {
      const own = await server((_request, response) =>
        response.setHeader('content-type', 'text/html').end('<h1>My shop</h1>'),
      )
      return { env: await envWith({ TESOURO_BASE_URL: own }) }
    },
    id: 'client',
    status: 'fail',
    found: /a web page \(HTML, status 200\)/,
    todo: /your own application/,
  },
  {
    name: 'an address that redirects',
    setUp: async () => {
      const own = await server((_request, response) =>
        response.writeHead(308, { location: 'https://api.example/secret?x=1' }).end(),
      )
      return { env: await envWith({ TESOURO_BASE_URL: own }) }
    },
    id: 'client',
    status: 'fail',
    found: /redirect \(308\) to https:\/\/api\.example:/,
  },
  {
    name: 'a base URL with a path',
    setUp: async () => {
      const env = await envWith()
      return { env: { ...env, TESOURO_BASE_URL: `${env.TESOURO_BASE_URL}/api/v1` } }
    },
    id: 'client',
    status: 'fail',
    found: /knows no \/api\/v1\/openid\/connect\/token/,
    todo: /Leave the path/,
  },
  {
    name: 'a server that accepts connections and does not answer',
    setUp: async () => ({
      env: await envWith({ TESOURO_BASE_URL: `http://127.0.0.1:${await socketServer(() => {})}` }),
    }),
    id: 'client',
    status: 'fail',
    found: /did not answer within 5000 ms|within/,
  },
  {
    name: 'a server that resets connections',
    setUp: async () => ({
      env: await envWith({
        TESOURO_BASE_URL: `http://127.0.0.1:${await socketServer((socket) => socket.once('data', () => socket.resetAndDestroy()))}`,
      }),
    }),
    id: 'client',
    status: 'fail',
    found: /could not be reached/,
  },
  {
    name: 'another client secret',
    setUp: async () => ({ env: await envWith({ TESOURO_CLIENT_SECRET: 'a-secret-of-another-environment' }) }),
    id: 'client',
    status: 'fail',
    found: /refuses the client id or the secret \(401 invalid_client/,
    todo: /sandbox and production share no credentials/,
  },
  {
    name: 'the widget secret as client secret',
    setUp: async () => {
      const env = await envWith()
      return { env: { ...env, TESOURO_CLIENT_SECRET: env.TESOURO_WIDGET_SECRET } }
    },
    id: 'client',
    status: 'fail',
    found: /invalid_client/,
    todo: /are the same value/,
  },
  {
    name: 'another valid widget secret',
    setUp: async () => ({ env: await envWith({ TESOURO_WIDGET_SECRET: 'ab'.repeat(32) }) }),
    id: 'widget-token',
    status: 'fail',
    found: /the gateway refuses it \(401/,
    todo: /Copy TESOURO_WIDGET_SECRET again/,
  },
  {
    name: 'a key that the platform does not know',
    setUp: async () => ({ env: await envWith({ TESOURO_SUBJECT_TOKEN_KEY: otherKey }) }),
    id: 'subject-token',
    status: 'fail',
    found: /400 invalid_grant/,
    todo: /whether they hold the public key/,
  },
  {
    name: 'unsigned subject tokens where onboarding has not confirmed them',
    setUp: async () => ({
      env: await envWith({ TESOURO_SUBJECT_TOKEN_KEY: undefined }),
      args: ['--unsecured'],
    }),
    id: 'subject-token',
    status: 'fail',
    found: /invalid_grant/,
    todo: /only where onboarding has confirmed/,
  },
  {
    name: 'a user whom the platform has disabled',
    setUp: async () => {
      const sandbox = await platform()
      sandbox.disableUser('u_gone')
      return { env: sandbox.env, args: ['--user', 'u_gone', '--email', 'gone@example.com'] }
    },
    id: 'subject-token',
    status: 'fail',
    found: /invalid_grant/,
    todo: /not disabled/,
  },
  {
    name: 'a clock that is ten minutes ahead',
    setUp: async () => ({ env: await envWith(), terminal: { now: () => Date.now() + 600_000 } }),
    id: 'clock',
    status: 'fail',
    found: /10 min ahead of the platform/,
    todo: /set-ntp/,
  },
  {
    name: 'a clock that is an hour behind',
    setUp: async () => ({ env: await envWith(), terminal: { now: () => Date.now() - 3_600_000 } }),
    id: 'clock',
    status: 'fail',
    found: /60 min behind/,
  },
  {
    name: 'a client with a lower rate limit than the library’s own',
    setUp: async () => ({ env: await envWith({}, { rateLimit: 10 }) }),
    id: 'rate-limit',
    status: 'warn',
    found: /10 requests a second/,
    todo: /requestsPerSecond: 5/,
  },
  {
    name: 'a platform that is down',
    setUp: async () => {
      const sandbox = await platform()
      sandbox.faults.status(503)
      return { env: sandbox.env }
    },
    id: 'client',
    status: 'fail',
    found: /503/,
    todo: /Try again later/,
  },
  {
    name: 'four processes without a shared cache',
    setUp: async () => ({ env: await envWith({ WEB_CONCURRENCY: '4' }) }),
    id: 'processes',
    status: 'warn',
    found: /WEB_CONCURRENCY is set, and REDIS_URL is not/,
    todo: /@tesouro-tokens\/redis/,
  },
]
