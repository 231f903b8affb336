import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Seen {
  /** By `performance.now()`, when the whole request was in. */
  at: number
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
  form: URLSearchParams
}

export type Reply = (response: ServerResponse, seen: Seen, index: number) => void

export interface ScriptedServer {
  url: URL
  /** Every request that arrived whole, in order. */
  seen: Seen[]
  /** Settles when no connection is open any longer. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** A server on loopback that answers as it is told. */
export async function startServer(reply: Reply): Promise<ScriptedServer> {
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk)
    } catch {
      return
    }
    const body = Buffer.concat(chunks).toString('utf8')
    const one: Seen = {
      at: performance.now(),
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
      form: new URLSearchParams(body),
    }
    reply(response, one, seen.push(one) - 1)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    seen,
    async idle() {
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))))
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  raw(response, status, JSON.stringify(body), { 'content-type': 'application/json', ...headers })
}

/** Answers with exactly this. */
export function raw(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, headers)
  response.end(body)
}
