import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createProxyServer } from 'httpxy'
import { joinFeeds } from './feeds.js'

/** What stands in front of several processes: each request goes to the next of them. */
export interface Balancer {
  origin: string
  close(): void
}

/** Every answer says in `X-Answered-By` which process it is from, beginning with 1. */
export async function startBalancer(options: {
  port: number
  targets: readonly string[]
}): Promise<Balancer> {
  const { port, targets } = options
  const proxy = createProxyServer({})
  let turn = 0

  const balance = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === '/api/demo/events') return joinFeeds(targets, request, response)
    const target = targets[turn % targets.length]
    response.setHeader('x-answered-by', `${(turn % targets.length) + 1}`)
    turn += 1
    await proxy.web(request, response, { target })
  }
  const server = createServer((request, response) => {
    balance(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else response.writeHead(502).end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
