import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server on 127.0.0.1. */
export interface LocalServer {
  port: number
  /** Starts to take requests. */
  serve(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): void
  /** Ends every connection, whatever it is in the middle of. */
  close(): Promise<void>
}

/** Listens on a port; 0 for a free one. */
export async function listen(port: number): Promise<LocalServer> {
  const server = createServer({
    // a widget token in a header may be longer than Node's 16 KiB
    maxHeaderSize: 64 * 1024,
    // longer than clients keep idle connections, so that it is the client who lets them go
    keepAliveTimeout: 65_000,
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  let closed: Promise<void> | undefined

  return {
    port: (server.address() as AddressInfo).port,
    serve(handle) {
      server.on('request', (request, response) => {
        response.on('error', () => {})
        // a broken connection or a closing server: there is nobody left to answer
        handle(request, response).catch(() => response.destroy())
      })
    },
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return closed
    },
  }
}
