import { createHash, generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTesouroTokens } from '@tesouro-tokens/core'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { envFile, folder, run } from './run.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = privateKey.export({ format: 'jwk' })
const hex = (name: string): string => createHash('sha256').update(name).digest('hex')
const secrets = {
  clientSecret: 'cAnary/Client+Secret~9d4=&%x7',
  widgetSecret: hex('canary of the widget'),
  signingKey: String(jwk.d),
  redisPassword: 'cAnary-Redis-p4ssw0rd',
  cookie: 'cAnary-Cookie-s%3Aabcdef.ghijkl',
  bearer: 'cAnary-Bearer-0123456789',
}
const found = new Set<string>()
let sandbox: Sandbox
let echo: string
let stop: () => Promise<void>
let widgetToken: string
let accessToken: string

/** Every way in which a foreign server can say back what it was told. */
const ways: readonly ((said: string, response: ServerResponse) => void)[] = [
  (said, response) =>
    response
      .writeHead(401, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: 'invalid_client', error_description: said.slice(0, 150) })),
  (said, response) =>
    response
      .writeHead(400, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: said, error_description: said })),
  (said, response) =>
    response
      .writeHead(400, { 'content-type': 'application/json' })
      .end(JSON.stringify({ code: said, errorCode: said, [said]: said, detail: said })),
  (said, response) =>
    response
      .writeHead(302, {
        location: `https://x.example/${encodeURIComponent(said)}?${encodeURIComponent(said)}`,
        'retry-after': visible(said),
        allow: visible(said),
      })
      .end(),
  (said, response) => response.writeHead(302, { location: `https://${hex(said)}.example/` }).end(),
  (said, response) => response.writeHead(500, { 'content-type': visible(said) }).end(said),
  (said, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'ratelimit-limit': visible(said) })
      .end(JSON.stringify({ access_token: said, token_type: 'Bearer', expires_in: 60, [said]: 1 })),
  (said, response) =>
    response.writeHead(405, { 'content-type': 'text/html', allow: visible(said) }).end(said),
  (said, response) => response.writeHead(429, { 'retry-after': visible(said) }).end(said),
]
const visible = (said: string): string => said.replace(/[^\x21-\x7e]/g, '').slice(0, 500)

let way = ways[0]

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const part of request) body += part
  const form = new URLSearchParams(body)
  const said = [
    form.get('client_secret'),
    form.get('subject_token'),
    request.headers.cookie,
    request.headers.authorization,
  ]
    .filter(Boolean)
    .join(' ')
  way?.(said, response)
}

beforeAll(async () => {
  const key = { key: publicKey, algorithm: 'ES256', keyId: 'k' } as const
  sandbox = await startSandbox({
    clients: [
      {
        clientId: 'c',
        clientSecret: secrets.clientSecret,
        widgetSecret: secrets.widgetSecret,
        subjectTokenKeys: [key],
      },
    ],
  })
  const tokens = createTesouroTokens(sandbox.options)
  ;({ widgetToken } = await tokens.mintWidgetToken({ sub: 'u', email: 'u@example.com' }))
  ;({ accessToken } = await tokens.getUserAccessToken({ sub: 'u', email: 'u@example.com' }))
  await tokens.close()
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  echo = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

afterAll(async () => {
  await stop()
  await sandbox.close()
})

function env(baseUrl: string = sandbox.baseUrl): { [name: string]: string | undefined } {
  return {
    TESOURO_BASE_URL: baseUrl,
    TESOURO_CLIENT_ID: 'c',
    TESOURO_CLIENT_SECRET: secrets.clientSecret,
    TESOURO_WIDGET_SECRET: secrets.widgetSecret,
    TESOURO_SUBJECT_TOKEN_KEY: JSON.stringify({ ...jwk, kid: 'k', alg: 'ES256' }),
    REDIS_URL: `redis://app:${secrets.redisPassword}@127.0.0.1:1`,
  }
}

/** Each secret as it is and as it may be written. */
function leaksIn(text: string): string[] {
  const all = { ...secrets, widgetToken, accessToken, jti: '' }
  return Object.entries(all).flatMap(([name, value]) => {
    if (value === '') return []
    const bytes = Buffer.from(value)
    const forms = [
      value,
      encodeURIComponent(value),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      JSON.stringify(value).slice(1, -1),
    ]
    // A part is a leak too: the middle third of a long secret.
    const third = Math.floor(value.length / 3)
    if (value.length >= 24) forms.push(value.slice(third, 2 * third))
    return forms.some((form) => text.toLowerCase().includes(form.toLowerCase())) ? [name] : []
  })
}

async function search(args: readonly string[], given: Parameters<typeof run>[1]): Promise<void> {
  const modes = [
    { more: [], color: false },
    { more: [], color: true },
    { more: ['--json'], color: false },
  ]
  await Promise.all(
    modes.map(async ({ more, color }) => {
      const { out, error, code } = await run([...args, ...more], { color, progress: color, ...given })
      expect(leaksIn(`${out}\n${error}`), `${args.join(' ').slice(0, 80)}\n${out}${error}`).toEqual([])
      found.add(`${args[0]} ${code}`)
    }),
  )
}

const user = ['--user', 'u', '--email', 'u@example.com']
const signedIn = (url: string): string[] => [
  '--endpoint',
  url,
  '--cookie',
  `sid=${secrets.cookie}`,
  '--header',
  `authorization: Bearer ${secrets.bearer}`,
]

describe('a secret is printed by', () => {
  test('a command that works', async () => {
    for (const args of [
      ['doctor', ...user],
      ['mint', ...user],
      ['exchange', ...user],
      ['exchange', '--app'],
    ])
      await search(args, { env: env() })
    for (const input of [widgetToken, accessToken]) await search(['inspect'], { env: env(), input })
  })

  test.each(ways.map((one, index) => [index + 1, one] as const))(
    'a platform or an endpoint that says back what it was told, in way %i',
    async (_, one) => {
      way = one
      for (const args of [
        ['doctor', ...user],
        ['exchange', ...user],
        ['exchange', '--app'],
        ['doctor', ...signedIn(echo)],
      ])
        await search(args, { env: env(echo) })
      await search(['doctor', ...signedIn(`${echo}/api`)], { env: env() })
    },
  )

  test('a value that is wrong', async () => {
    const wrong: { [name: string]: string }[] = [
      ...Object.keys(env()).map((name) => ({ [name]: Object.values(secrets).join(' ') })),
      ...[' ', '"', '0x', 'TESOURO_WIDGET_SECRET='].map((around) => ({
        TESOURO_WIDGET_SECRET: `${around}${secrets.widgetSecret}`,
      })),
      { TESOURO_BASE_URL: `https://me:${encodeURIComponent(secrets.clientSecret)}@bank.example` },
      { TESOURO_BASE_URL: `https://bank.example/?${secrets.widgetSecret}` },
      { TESOURO_SUBJECT_TOKEN_KEY: privateKey.export({ format: 'pem', type: 'sec1' }).toString() },
      { TESOURO_SUBJECT_TOKEN_KEY: `{"d":"${secrets.signingKey}"` },
      { REDIS_URL: `http://${secrets.redisPassword}` },
      { REDIS_URL: secrets.redisPassword },
      { TESOURO_CLIENT_SECRETS: secrets.clientSecret },
    ]
    await Promise.all(wrong.map((values) => search(['doctor'], { env: { ...env(echo), ...values } })))
  })

  test('a .env file that is broken', async () => {
    const cwd = await folder({
      'one.env': envFile(env())
        .replace('TESOURO_CLIENT_SECRET=', 'TESOURO_CLIENT_SECRET="')
        .replaceAll("'", ''),
      'two.env': `\ufeff${envFile(env())}TESOURO_CLIENT_SECRET=${secrets.clientSecret}#${secrets.widgetSecret}\nTESOURO_CLIENT_SECRET=x\n`,
      'three.env': Object.values(secrets).join('\n'),
    })
    for (const path of ['one.env', 'two.env', 'three.env', 'none.env'])
      await search(['doctor', '--env', path], { cwd, env: { TESOURO_WIDGET_SECRET: secrets.widgetSecret } })
  })

  test('a broken token', async () => {
    for (const input of [
      widgetToken.slice(0, -9),
      `${widgetToken}.${accessToken}`,
      accessToken.slice(0, 99),
      `x ${accessToken}`,
      Object.values(secrets).join(' '),
    ]) {
      await search(['inspect'], { env: env(), input })
    }
  })
})

test('the search for secrets finds none because it does not search, or commands ended in one way alone', () => {
  for (const value of Object.values(secrets)) {
    expect(leaksIn(`x ${value} y`)).not.toEqual([])
    expect(leaksIn(`x ${Buffer.from(value).toString('base64')} y`)).not.toEqual([])
  }
  for (const end of [
    'doctor 1',
    'doctor 2',
    'exchange 0',
    'exchange 1',
    'mint 0',
    'inspect 0',
    'inspect 1',
  ]) {
    expect([...found]).toContain(end)
  }
})
