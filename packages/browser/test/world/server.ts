import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request for a widget token, as it arrived. */
export interface Asked {
  headers: IncomingMessage['headers']
  body: string
  /** Whether the page went away before it was answered. */
  gone: boolean
  /** Whether the server has nothing more to say to it. */
  over: boolean
}

export type Answer = (asked: Asked, response: ServerResponse) => void

/** A page, the package, and an endpoint that answers as a test wants it to. */
export interface World {
  origin: string
  asked: Asked[]
  /** Who is signed in; nobody is `undefined`. Tells nothing to pages. */
  session: string | undefined
  /** Seconds that tokens live. */
  life: number
  /** Answers instead of the endpoint. */
  answer: Answer | undefined
  /** What pages have posted to `/result`. */
  results: unknown[]
  close(): void
}

/** `files`: further modules by path. */
export async function startWorld(files: Readonly<Record<string, string>>): Promise<World> {
  const server = createServer((request, response) => {
    handle(world, files, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const world: World = {
    origin: `http://127.0.0.1:${port}`,
    asked: [],
    session: 'ana',
    life: 480,
    answer: undefined,
    results: [],
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
  return world
}

async function handle(
  world: World,
  files: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url?.endsWith('/api/tesouro/widget-token')) {
    const asked: Asked = { headers: request.headers, body: '', gone: false, over: false }
    for await (const chunk of request) asked.body += chunk
    world.asked.push(asked)
    response.once('close', () => {
      asked.gone = !response.writableEnded
      asked.over = true
    })
    return (world.answer ?? endpoint(world))(asked, response)
  }
  if (request.url === '/result') {
    let body = ''
    for await (const chunk of request) body += chunk
    world.results.push(JSON.parse(body))
    return void response.end()
  }
  const file = files[request.url ?? '/']
  const html = `<!doctype html><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,"><main></main>
<script type="module">import * as lib from '/lib.js'; window.lib = lib; window.seen = { tokens: [], ends: [], errors: [] }</script>`
  response.writeHead(200, {
    'content-type': request.url?.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8',
  })
  response.end(file ?? html)
}

/** What our endpoint does. */
export const endpoint =
  (world: World): Answer =>
  ({ body }, response) => {
    const { userId } = JSON.parse(body || '{}') as { userId?: string }
    const { session } = world
    if (session === undefined) return json(response, 401, { code: 'not_signed_in' })
    if (userId !== undefined && userId !== session) return json(response, 403, { code: 'identity_mismatch' })
    json(response, 200, tokenOf(session, world.life, world.asked.length))
  }

export const tokenOf = (user: string, life: number, number: number): object => ({
  widgetToken: `canary-token-${user}-${number}`,
  exp: Math.floor(Date.now() / 1000) + life,
  expiresIn: life,
})

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
  response.end(JSON.stringify(body))
}
