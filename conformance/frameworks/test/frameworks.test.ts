import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:http2'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { bundled, serve } from './program.js'

const path = '/api/tesouro/widget-token'
const json = { 'content-type': 'application/json' }

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())

interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
}
interface Answered {
  status: number
  text: string
  noStore: boolean
}
type Ask = (asked: Asked) => Promise<Answered>

const answered = async (response: Response): Promise<Answered> => ({
  status: response.status,
  text: await response.text(),
  noStore: response.headers.get('cache-control') === 'no-store',
})

/** What every framework must come to. A framework may refuse a body that is too large by itself. */
async function tryEndpoint(ask: Ask, origin: string, cookie: string): Promise<void> {
  const own = JSON.stringify({ userId: 'user-1', userEmail: 'user-1@example.com' })
  const other = JSON.stringify({ userId: 'user-2', userEmail: 'user-1@example.com' })
  const rows: [string, Asked, number][] = [
    ['no session', {}, 401],
    ['without a body', { headers: { cookie } }, 200],
    ['what a widget sends', { headers: { cookie, ...json, origin }, body: own }, 200],
    ['another user than the session has', { headers: { cookie, ...json }, body: other }, 403],
    ['a page of another origin', { headers: { cookie, origin: 'https://evil.example' } }, 403],
    ['no JSON', { headers: { cookie, ...json }, body: '{' }, 400],
    ['too large', { headers: { cookie, ...json }, body: JSON.stringify({ a: 'x'.repeat(20_000) }) }, 413],
    ['a preflight of the own origin', { method: 'OPTIONS', headers: { origin } }, 204],
  ]
  for (const [name, asked, status] of rows) {
    const answer = await ask(asked)
    expect([name, answer.status]).toEqual([name, status])
    if (status !== 200) continue
    expect(answer.noStore).toBe(true)
    const { widgetToken } = JSON.parse(answer.text) as { widgetToken: string }
    expect(await sandbox.openWidgetToken(widgetToken)).toMatchObject({ sub: 'user-1' })
  }
}

test.each(['fastify', 'hono', 'koa', 'hapi', 'h3'])(
  'the file for %s does not serve widgets',
  async (name) => {
    const { origin, cookie } = await serve(name, sandbox.env)
    const ask: Ask = async ({ method = 'POST', headers = {}, body }) =>
      answered(await fetch(origin + path, { method, headers, ...(body === undefined ? {} : { body }) }))
    await tryEndpoint(ask, origin, cookie)
  },
)

test('the file for HTTP/2 does not know its own host, or does not serve widgets', async () => {
  const { origin, cookie } = await serve('http2', sandbox.env)
  const session = connect(origin)
  onTestFinished(() => session.destroy())
  const ask: Ask = async ({ method = 'POST', headers = {}, body }) => {
    const stream = session.request({ ':method': method, ':path': path, ...headers }).setEncoding('utf8')
    stream.end(body)
    const [head] = await once(stream, 'response')
    let text = ''
    for await (const chunk of stream) text += chunk
    return { status: head[':status'], text, noStore: head['cache-control'] === 'no-store' }
  }
  await tryEndpoint(ask, origin, cookie)
})

/** Printed files that start no server are loaded here. */
async function load(name: string, otherwise: Record<string, string> = {}) {
  for (const [variable, value] of Object.entries(sandbox.env)) vi.stubEnv(variable, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  return import(await bundled(name, '', otherwise))
}

test('the handlers for SvelteKit and Remix do not serve widgets', async () => {
  const { cookie, POST, OPTIONS, action, loader } = await load('fetch-handlers')
  const origin = 'https://bank.example'
  for (const [post, options] of [
    [POST, OPTIONS],
    [action, loader],
  ])
    await tryEndpoint(
      async ({ method = 'POST', headers = {}, body }) => {
        const handler = method === 'OPTIONS' ? options : post
        const init = { method, headers, ...(body === undefined ? {} : { body }) }
        return answered(await handler({ request: new Request(origin + path, init) }))
      },
      origin,
      cookie,
    )
})

/** Events of API Gateway: version 1 has lists of headers, and both tell the length of a body as they like. */
const events = {
  'REST API': ({
    method = 'POST',
    headers = {},
    body = null,
  }: Omit<Asked, 'body'> & { body?: string | null }) => ({
    resource: path,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    requestContext: { resourcePath: path, httpMethod: method, path, identity: {} },
    body,
    isBase64Encoded: false,
  }),
  'HTTP API': ({ method = 'POST', headers: { cookie, ...headers } = {}, body }: Asked) => ({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    cookies: cookie === undefined ? [] : [cookie],
    headers,
    requestContext: { http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' } },
    body,
    isBase64Encoded: false,
  }),
}

test.each(
  ['@codegenie/serverless-express', '@vendia/serverless-express'].flatMap((adapter) =>
    (['REST API', 'HTTP API'] as const).map((kind) => ({ adapter, kind })),
  ),
)(
  'the file for AWS Lambda does not serve widgets, with $adapter behind a $kind',
  async ({ adapter, kind }) => {
    const { cookie, handler } = await load('lambda', { '@codegenie/serverless-express': adapter })
    const host = 'bank.example'
    const ask: Ask = async ({ headers = {}, ...asked }) => {
      const event = events[kind]({ ...asked, headers: { host, 'x-forwarded-proto': 'https', ...headers } })
      const { statusCode, body, ...more } = await handler(event, {}, undefined)
      const [noStore] = [more.headers?.['cache-control'] ?? more.multiValueHeaders?.['cache-control']].flat()
      return { status: statusCode, text: body, noStore: noStore === 'no-store' }
    }
    await tryEndpoint(ask, `https://${host}`, cookie)
  },
)

test('a printed file and the one that is tested drift apart', async () => {
  const page = await readFile(new URL('../../../docs/frameworks.md', import.meta.url), 'utf8')
  for (const name of await readdir(new URL('../files', import.meta.url))) {
    const file = await readFile(new URL(`../files/${name}`, import.meta.url), 'utf8')
    expect(page).toContain(`\`\`\`ts\n${file}\`\`\``)
  }
})
