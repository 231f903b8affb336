import { generateKeyPairSync, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, request as requestTo } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startRedis } from '@tesouro-tokens/conformance/redis'
import { createWidgetTokenHandler, nodeRequestBody, sendNodeAnswer } from '@tesouro-tokens/core'
import { type TesouroUser, tesouroTokensRouter } from '@tesouro-tokens/express'
import express, { type Request } from 'express'
import { onTestFinished } from 'vitest'
import { envFile } from '../run.js'
import { alice, application, path } from './application.js'
import { envWith, platform, type SetUp } from './mistake.js'
import { adapterFor } from './packages.js'

const getUser = (request: Request): TesouroUser | undefined => request.session.user

/** Set-ups in which nothing is wrong. */
export const right: readonly { name: string; setUp(): Promise<SetUp> }[] = [
  { name: 'what the sandbox prints, in the environment', setUp: async () => ({ env: await envWith() }) },
  {
    name: 'a .env as people write it: export, CRLF, comments, quotes of every kind',
    setUp: async () => {
      const env = await envWith()
      const lines = Object.entries(env).map(([name, value], index) => {
        const quote = value?.includes('"') ? "'" : ['"', "'", '`'][index % 3]
        return `${index % 2 === 0 ? 'export ' : ''}${name} = ${quote}${value}${quote} # kept`
      })
      return { files: { '.env': `# ours\r\n\r\n${lines.join('\r\n')}\r\nOTHER=1\r\n` } }
    },
  },
  {
    name: 'a .env.local that wins over .env',
    setUp: async () => ({
      files: {
        '.env': 'TESOURO_CLIENT_SECRET=old-one-that-is-not-used\n',
        '.env.local': envFile(await envWith()),
      },
      args: ['--env', '.env', '--env', '.env.local'],
    }),
  },
  {
    name: 'files of Next.js that add nothing',
    setUp: async () => {
      const env = envFile(await envWith())
      return { files: { '.env': env, '.env.local': `${env}OTHER=1\n`, '.env.development': 'OTHER=2\n' } }
    },
  },
  {
    name: 'a PEM key of RSA on one line',
    setUp: async () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
      const key = { key: publicKey, algorithm: 'RS256', keyId: 'of-rsa' } as const
      const { env } = await platform({ clients: [{ clientId: 'c', subjectTokenKeys: [key] }] })
      const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().replaceAll('\n', '\\n')
      return {
        env: {
          ...env,
          TESOURO_SUBJECT_TOKEN_KEY: pem,
          TESOURO_SUBJECT_TOKEN_ALGORITHM: 'RS256',
          TESOURO_SUBJECT_TOKEN_KEY_ID: 'of-rsa',
        },
      }
    },
  },
  {
    name: 'a PEM key on the lines that it has',
    setUp: async () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const key = { key: publicKey, algorithm: 'ES256', keyId: 'of-pem' } as const
      const { env } = await platform({ clients: [{ clientId: 'c', subjectTokenKeys: [key] }] })
      const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
      const own = { TESOURO_SUBJECT_TOKEN_KEY: pem, TESOURO_SUBJECT_TOKEN_KEY_ID: 'of-pem' }
      return { files: { '.env': envFile({ ...env, ...own }) } }
    },
  },
  {
    name: 'variables that are empty, and a .env.local that nobody can read',
    setUp: async () => ({
      env: await envWith({ REDIS_URL: undefined, TESOURO_URL: 'http://%zz', DATABASE_URL: 'x' }),
      files: { '.env.local': 'TESOURO_CLIENT_ID=x\0' },
    }),
  },
  ...['22.13.0', '24.0.0', '25.1.0'].map((nodeVersion) => ({
    name: `Node ${nodeVersion}`,
    setUp: async () => ({ env: await envWith(), terminal: { nodeVersion } }),
  })),
  ...[
    ['~1.4.0', '1.4.9'],
    ['1.4.0', '1.4.0'],
    ['>=1.2.0', '2.0.0'],
    ['^0.4.1', '0.4.2'],
    ['^0.0.0', '0.0.0'],
    ['workspace:^', '1.4.0'],
    ['^1.0.0', 'of-a-branch'],
  ].map(([range = '', core = '']) => ({
    name: `core ${core} for an adapter that needs ${range}`,
    setUp: async () => ({ env: await envWith(), files: adapterFor(range, core) }),
  })),
  {
    name: 'an adapter whose core is not there yet',
    setUp: async () => {
      const { 'node_modules/@tesouro-tokens/core/package.json': _, ...files } = adapterFor('^1.0.0')
      return { env: await envWith(), files }
    },
  },
  {
    name: 'unsigned subject tokens that onboarding has confirmed',
    setUp: async () => {
      const { env } = await platform({ clients: [{ clientId: 'c', allowUnsignedSubjectTokens: true }] })
      return { env: { ...env, TESOURO_SUBJECT_TOKEN_KEY: undefined }, args: ['--unsecured'] }
    },
  },
  {
    name: 'subject tokens of an own provider',
    setUp: async () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const key = { key: publicKey, algorithm: 'ES256', keyId: 'of-provider' } as const
      const { env } = await platform({ clients: [{ clientId: 'c', subjectTokenKeys: [key] }] })
      const now = Math.floor(Date.now() / 1_000)
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
      const claims = { sub: 'u_1', email: 'u_1@example.com', iat: now, exp: now + 900, jti: 'one' }
      const head = `${part({ alg: 'ES256', kid: 'of-provider', typ: 'JWT' })}.${part(claims)}`
      const signature = sign('sha256', Buffer.from(head), { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return {
        env: { ...env, TESOURO_SUBJECT_TOKEN_KEY: undefined },
        files: { 'subject-token.jwt': `${head}.${signature.toString('base64url')}\n` },
        args: ['--subject-token-file', 'subject-token.jwt', '--user', 'u_1', '--email', 'u_1@example.com'],
      }
    },
  },
  {
    name: 'a back office without widgets and without users',
    setUp: async () => ({
      env: await envWith({ TESOURO_WIDGET_SECRET: undefined, TESOURO_SUBJECT_TOKEN_KEY: undefined }),
    }),
  },
  {
    name: 'four processes over a Redis with narrow rights',
    setUp: async () => {
      const redis = await startRedis()
      onTestFinished(() => redis.stop())
      // The rights that the README of the cache tells its readers to give.
      const readme = await readFile(new URL('../../../redis/README.md', import.meta.url), 'utf8')
      const [, rights = ''] = /ACL SETUSER tesouro on >password (.+)/.exec(readme) ?? []
      await redis.command('ACL', 'SETUSER', 'app', 'on', '>canary-redis-password', ...rights.split(' '))
      const url = `redis://app:canary-redis-password@127.0.0.1:${redis.port}`
      return { env: await envWith({ REDIS_URL: url, WEB_CONCURRENCY: '4' }) }
    },
  },
  {
    name: 'an Express endpoint with sessions',
    setUp: () =>
      application(({ app, tokens, sessions }) =>
        app.use('/api/tesouro', sessions, express.json(), tesouroTokensRouter({ tokens, getUser })),
      ),
  },
  {
    name: 'an endpoint whose session the doctor is not given',
    setUp: () =>
      application(
        ({ app, tokens, sessions }) =>
          app.use('/api/tesouro', sessions, tesouroTokensRouter({ tokens, getUser })),
        { signIn: 'none' },
      ),
  },
  {
    name: 'a page on another port that is allowed',
    setUp: () =>
      application(
        ({ app, tokens, sessions }) =>
          app.use(
            '/api/tesouro',
            sessions,
            tesouroTokensRouter({ tokens, getUser, allowedOrigins: ['http://localhost:5173'] }),
          ),
        { args: ['--origin', 'http://localhost:5173'] },
      ),
  },
  {
    name: 'an endpoint of Node itself that takes bearer tokens',
    setUp: () =>
      application(
        ({ app, tokens }) => {
          const handle = createWidgetTokenHandler<Request>({
            tokens,
            getUser: (request) =>
              request.get('authorization') === 'Bearer canary-bearer-token' ? alice : null,
          })
          app.all(path, async (request, response) => {
            const { method, headers } = request
            sendNodeAnswer(
              await handle({
                method,
                host: headers.host,
                headers,
                body: nodeRequestBody(request, undefined),
                request,
              }),
              request,
              response,
            )
          })
        },
        { signIn: 'none', args: ['--header', 'authorization: Bearer canary-bearer-token'] },
      ),
  },
  { name: 'an endpoint behind a proxy that is trusted', setUp: behindProxy },
]

/** A proxy in front that names the public host in X-Forwarded-Host. */
async function behindProxy(): Promise<SetUp> {
  const { args = [], ...set } = await application(({ app, tokens, sessions }) => {
    app.set('trust proxy', 'loopback')
    app.use('/api/tesouro', sessions, tesouroTokensRouter({ tokens, getUser }))
  })
  const behind = new URL(args[1] ?? '')
  const proxy = createServer((request, response) => {
    const headers = { ...request.headers, host: 'backend.internal', 'x-forwarded-host': request.headers.host }
    const passed = requestTo(
      { host: behind.hostname, port: behind.port, path: request.url, method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    passed.on('error', () => response.destroy())
    request.on('error', () => passed.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    proxy.closeAllConnections()
    await new Promise((resolve) => proxy.close(resolve))
  })
  const { port } = proxy.address() as AddressInfo
  return { ...set, args: ['--endpoint', `http://127.0.0.1:${port}${path}`, ...args.slice(2)] }
}
