// ! WHAT NOT TO DO. This is how the published snippet makes widget tokens: for whatever user the browser names, whoever
// ! asks. It is here so that the demo's first page can attack it, on a port of its own, and belongs into no application.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTesouroTokens } from '@tesouro-tokens/core'
import type { Sandbox } from '@tesouro-tokens/sandbox'

/** The server that anyone can use to become anyone. */
export interface WhatNotToDo {
  origin: string
  /** Which application's page may read what it answers. */
  shownIn(application: string): void
  close(): Promise<void>
}

const longestBody = 4_096

export async function startWhatNotToDo(sandbox: Sandbox, port: number): Promise<WhatNotToDo> {
  const tokens = createTesouroTokens(sandbox.options)
  let application = 'null'
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('access-control-allow-origin', application)
    response.setHeader('access-control-allow-headers', 'content-type')
    response.setHeader('cache-control', 'no-store')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    if (request.method !== 'POST' || request.url !== '/what-not-to-do/widget-token')
      return void response.writeHead(404).end()
    const { userId, userEmail } = JSON.parse(await bodyOf(request))
    const { widgetToken } = await tokens.mintWidgetToken({ sub: userId, email: userEmail })
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ widgetToken }))
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.headersSent || response.writeHead(400).end())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shownIn: (origin) => {
      application = origin
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await tokens.close()
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > longestBody) throw new Error('too long')
  }
  return body
}
