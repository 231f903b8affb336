import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
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
  let asked = 0
  let reads = 0
  const getUser = (request: IncomingMessage): null => {
    asked += 1
    request.on('newListener', (name) => {
      if (name === 'data' || name === 'readable') reads += 1
    })
    return null
  }
  const server = createServer(express().use('/api/tesouro', tesouroTokensRouter({ tokens, getUser })))
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
    expect(asked).toBe(connections)
    expect(reads).toBe(0)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    server.close()
    await tokens.close()
  }
})
