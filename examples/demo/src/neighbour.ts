import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A page of another origin on this machine, which tries to get a widget token. */
export interface Neighbour {
  origin: string
  /** Which application the page may talk to and be shown in. */
  livesBeside(application: string): void
  close(): void
}

const files: Record<string, readonly [type: string, content: Buffer]> = {
  '/': ['text/html; charset=utf-8', readFileSync(new URL('../neighbour/index.html', import.meta.url))],
  '/neighbour.js': ['text/javascript', readFileSync(new URL('../neighbour/neighbour.js', import.meta.url))],
}

export async function startNeighbour(): Promise<Neighbour> {
  let application = "'none'"
  const server = createServer((request, response) => {
    const [type, content] = files[request.url ?? ''] ?? []
    if (type === undefined) return void response.writeHead(404).end()
    response.writeHead(200, {
      'content-type': type,
      'content-security-policy': `default-src 'none'; script-src 'self'; connect-src ${application}; frame-ancestors ${application}`,
      'cache-control': 'no-store',
    })
    response.end(content)
  })
  const port = await listen(server)
  return {
    origin: `http://127.0.0.1:${port}`,
    livesBeside: (origin) => {
      application = origin
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1' }, () => resolve((server.address() as AddressInfo).port))
  })
}
