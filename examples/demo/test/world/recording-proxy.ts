import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request of the browser and what came back, as it was on the wire. */
export interface Exchange {
  method: string
  url: URL
  requestHead: string
  requestBody: Buffer[]
  status: number | undefined
  responseHead: string
  /** Grows while an answer streams. */
  responseBody: Buffer[]
}

export interface RecordingProxy {
  origin: string
  exchanges: readonly Exchange[]
  close(): void
}

/**
 * An HTTP proxy that keeps every byte: also preflights, event streams and answers that the browser hides from pages.
 * It leads nowhere but to this machine.
 */
export async function startRecordingProxy(): Promise<RecordingProxy> {
  const exchanges: Exchange[] = []
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '/')
    // Chromium asks its maker now and then whether it is up to date.
    if (!/^(?:127\.0\.0\.1|localhost)$/.test(url.hostname)) return void incoming.socket.destroy()
    const exchange: Exchange = {
      method: incoming.method ?? 'GET',
      url,
      requestHead: `${incoming.method} ${incoming.url}\n${headText(incoming.rawHeaders)}`,
      requestBody: [],
      status: undefined,
      responseHead: '',
      responseBody: [],
    }
    exchanges.push(exchange)
    forward(incoming, response, exchange)
  })
  server.on('connect', (_, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    exchanges,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function forward(incoming: IncomingMessage, response: ServerResponse, exchange: Exchange): void {
  // Nothing compressed, so that what is recorded can be searched; a connection each, so that none is stale.
  const { 'proxy-connection': _, connection: __, 'accept-encoding': ___, ...headers } = incoming.headers
  const outgoing = request(exchange.url, { method: incoming.method, headers, agent: false })
  outgoing.once('response', (answer) => {
    exchange.status = answer.statusCode
    exchange.responseHead = headText(answer.rawHeaders)
    const { connection: ____, 'keep-alive': _____, ...rest } = answer.headers
    response.writeHead(answer.statusCode ?? 502, rest)
    response.flushHeaders()
    answer.on('data', (bytes: Buffer) => exchange.responseBody.push(bytes))
    answer.once('error', () => response.destroy())
    answer.pipe(response)
  })
  outgoing.once('error', () => response.destroy())
  response.once('close', () => outgoing.destroy())
  incoming.on('data', (bytes: Buffer) => exchange.requestBody.push(bytes))
  incoming.pipe(outgoing)
}

function headText(raw: readonly string[]): string {
  const lines: string[] = []
  for (let index = 0; index < raw.length; index += 2) lines.push(`${raw[index]}: ${raw[index + 1]}`)
  return lines.join('\n')
}
