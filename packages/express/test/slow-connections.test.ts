import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { createTesouroTokens, tesouroTokensRouter, unsecuredSubjectToken } from '@tesouro-tokens/express'
import express from 'express'
import { expect, test } from 'vitest'

const connections = 2_000

test(`${connections} connections that announce a body and never send it are waited for, although nobody is signed in`, async () => {
  const tokens = createTesouroTokens({
    environment: 'sandbox',
    clientId: 'client-1',
    clientSecret: 'secret-of-client-1',
    widgetSecret: '5a'.repeat(32),
    subjectToken: unsecuredSubjectToken(),
  })
  /** How often `getUser` was asked, by the port of the connection. */
  const asked = new Map<number | undefined, number>()
  const getUser = async ({ socket: { remotePort } }: IncomingMessage): Promise<null> => {
    asked.set(remotePort, (asked.get(remotePort) ?? 0) + 1)
    await turn() // as a session store answers: what was begun before would have read by then
    return null
  }
  const server = createServer(express().use('/api/tesouro', tesouroTokensRouter({ tokens, getUser })))
  /** What had happened to the body of each request when the head of its answer was written. */
  const bodies: Pick<IncomingMessage, 'readableDidRead' | 'readableFlowing'>[] = []
  server.prependListener('request', (request, response) => {
    const writeHead = response.writeHead
    response.writeHead = (...args: unknown[]) => {
      const { readableDidRead, readableFlowing } = request
      bodies.push({ readableDidRead, readableFlowing })
      return Reflect.apply(writeHead, response, args)
    }
  })
  // Otherwise Node closes those that were answered first, where the last ones are answered five seconds later.
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1', connections)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sockets: Socket[] = []
  const statusOf = async (): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    const headers = 'host: bank.example\r\ncontent-type: application/json\r\ncontent-length: 1000'
    socket.write(`POST /api/tesouro/widget-token HTTP/1.1\r\n${headers}\r\n\r\n{`)
    const [answer] = await once(socket, 'data')
    return String(answer).slice(9, 12)
  }
  try {
    const answers = await Promise.all(Array.from({ length: connections }, statusOf))
    expect(answers.filter((status) => status !== '401')).toEqual([])
    const once = new Map(sockets.map(({ localPort }) => [localPort, 1]))
    expect(asked).toEqual(once)
    expect(bodies).toHaveLength(connections)
    const begun = bodies.filter((body) => body.readableDidRead || body.readableFlowing !== null)
    expect(begun).toEqual([])
  } finally {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    server.close()
    await tokens.close()
  }
})
