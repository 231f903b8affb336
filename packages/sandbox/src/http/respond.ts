import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answer.js'

/** Sends an answer. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers })
  response.end(body)
}

/** Declares the whole answer, sends half of it and cuts the connection. */
export function sendHalf(response: ServerResponse, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, { ...headers, 'content-length': String(Math.max(bytes.length, 2)) })
  response.flushHeaders()
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy())
}

/** Resets the connection (TCP RST). */
export function resetConnection(request: IncomingMessage): void {
  request.socket.resetAndDestroy()
}
