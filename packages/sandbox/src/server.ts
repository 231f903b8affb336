import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The sandbox cannot listen. The message says why, in one line. */
export class SandboxStartError extends Error {
  /** The system's code, such as `EADDRINUSE`. */
  readonly code: string

  constructor(message: string, code: string) {
    super(message)
    this.name = 'SandboxStartError'
    this.code = code
  }
}

/** An HTTP server. */
export interface LocalServer {
  port: number
  /** Starts to take requests. */
  serve(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): void
  /** Ends every connection, whatever it is in the middle of. */
  close(): Promise<void>
}

/** Listens on a port; 0 for a free one. @throws SandboxStartError */
export async function listen(port: number, host: string): Promise<LocalServer> {
  const server = createServer({
    // a widget token in a header may be longer than Node's 16 KiB
    maxHeaderSize: 64 * 1024,
    // longer than clients keep idle connections, so that it is the client who lets them go
    keepAliveTimeout: 65_000,
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(startError(error, port, host)))
    server.listen({ port, host, backlog: 4096 }, () => {
      server.removeAllListeners('error')
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

function startError(error: NodeJS.ErrnoException, port: number, host: string): SandboxStartError {
  const { code = 'UNKNOWN' } = error
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} on ${host} is in use: stop what listens there, or choose another port or seed`,
    EADDRNOTAVAIL: `host ${host} is no address of this machine`,
    EACCES: `port ${port} on ${host} may not be used by this account: ports below 1024 are the system's`,
    ENOTFOUND: `host ${host} cannot be resolved`,
    EAI_AGAIN: `host ${host} cannot be resolved`,
  }
  return new SandboxStartError(words[code] ?? `it cannot listen on port ${port} of ${host} (${code})`, code)
}

/** How a program on this machine reaches a server that listens on this host. */
export function urlOf(host: string, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}
