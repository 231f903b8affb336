import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import {
  createWidgetTokenHandler,
  nodeRequestBody,
  sendNodeAnswer,
  type WidgetTokenOutput,
} from '@tesouro-tokens/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeTokens } from './fake-tokens.js'

describe('a body of Node’s that', () => {
  let server: Server
  let client: Socket
  let request: IncomingMessage
  let answer: Promise<WidgetTokenOutput>
  /** What the endpoint waits for before it reads the body. */
  let beforeBody: () => Promise<unknown> = async () => {}

  beforeEach(async () => {
    const handle = createWidgetTokenHandler<IncomingMessage>({
      tokens: new FakeTokens(),
      getUser: () => ({ sub: 'alice', email: 'alice@bank.example' }),
      allowedOrigins: async () => {
        await beforeBody()
        return true
      },
    })
    server = createServer((incoming) => {
      request = incoming
      const { method = '', headers } = incoming
      const body = nodeRequestBody(incoming, undefined)
      answer = handle({ method, host: headers.host, headers, body, request: incoming })
      server.emit('asked')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  })
  afterEach(() => {
    beforeBody = async () => {}
    client.destroy()
    server.close()
  })

  const post = async (length: number, begin: string): Promise<void> => {
    const asked = once(server, 'asked')
    const headers = ['host: a', 'origin: https://a.example', 'content-type: application/json']
    client.write(
      `POST / HTTP/1.1\r\n${[...headers, `content-length: ${length}`].join('\r\n')}\r\n\r\n${begin}`,
    )
    await asked
  }

  it('comes in several pieces is not taken for its first one', async () => {
    await post(18, '{"userId"')
    client.write(':"alice"}')
    expect((await answer).status).toBe(200)
  })

  it('is cut off in the middle keeps nobody waiting', async () => {
    await post(100, '{"userId"')
    client.destroy()
    expect((await answer).body).toMatchObject({ code: 'invalid_body' })
  })

  it('was cut off before it is read keeps nobody waiting', async () => {
    beforeBody = () => {
      client.destroy()
      return new Promise((resolve) => request.on('close', resolve))
    }
    await post(100, '{"userId"')
    expect((await answer).body).toMatchObject({ code: 'invalid_body' })
  })

  it('is too large is left as it is, so that the answer can be sent', async () => {
    const large = 'x'.repeat(9_000)
    client.write('POST / HTTP/1.1\r\nhost: a\r\norigin: https://a.example\r\n')
    const asked = once(server, 'asked')
    client.write('content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n')
    client.write(`${large.length.toString(16)}\r\n${large}\r\n`)
    await asked
    expect((await answer).status).toBe(413)
    expect(request.destroyed).toBe(false)
    expect(request.isPaused()).toBe(true)
    const ended = once(request, 'end')
    request.resume()
    client.write('0\r\n\r\n')
    await ended
  })

  it('was cut off before the endpoint saw it is taken for a mistake of the server', async () => {
    const told: unknown[] = []
    const handle = createWidgetTokenHandler<IncomingMessage>({
      tokens: new FakeTokens(),
      getUser: () => ({ sub: 'alice', email: 'alice@bank.example' }),
      onError: (error) => told.push(error),
    })
    server.removeAllListeners('request')
    const cut = new Promise<WidgetTokenOutput>((resolve) => {
      server.on('request', (incoming: IncomingMessage) => {
        incoming.on('error', () => {})
        incoming.on('close', () => {
          const { method = '', headers } = incoming
          const body = nodeRequestBody(incoming, undefined)
          resolve(handle({ method, host: headers.host, headers, body, request: incoming }))
        })
        client.destroy()
      })
    })
    client.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{')
    expect((await cut).body).toMatchObject({ code: 'invalid_body' })
    expect(told).toEqual([])
  })
})

it('hundreds of people without a session, whose bodies never end, are waited for', async () => {
  const many = 300
  let asked = 0
  let begun = 0
  const handle = createWidgetTokenHandler<IncomingMessage>({
    tokens: new FakeTokens(),
    getUser: () => {
      asked += 1
      return null
    },
  })
  const server = createServer(async (incoming, response) => {
    const { method = '', headers } = incoming
    const body = nodeRequestBody(incoming, undefined)
    const answer = await handle({ method, host: headers.host, headers, body, request: incoming })
    if (incoming.readableDidRead) begun += 1
    sendNodeAnswer(answer, incoming, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const statuses = Array.from({ length: many }, async () => {
    const socket = connect(port, '127.0.0.1')
    const type = 'content-type: application/json\r\ncontent-length: 100'
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\n${type}\r\n\r\n{`)
    const [head] = await once(socket, 'data')
    socket.destroy()
    return String(head).slice(9, 12)
  })
  expect(new Set(await Promise.all(statuses))).toEqual(new Set(['401']))
  expect([asked, begun]).toEqual([many, 0])
  server.closeAllConnections()
  server.close()
})

describe('a request that a serverless adapter has made', () => {
  const unread = {
    readable: true,
    readableDidRead: false,
    httpVersionMajor: '1',
    headers: {},
    on: () => expect.unreachable('its stream fails when it is read'),
    off: () => {},
    pause: () => {},
  }

  it('without a body is not read', () => {
    expect(nodeRequestBody(unread, undefined)).toBe(undefined)
  })

  it.each(['{"userId":"alice"}', new TextEncoder().encode('{"userId":"alice"}')])(
    'with its body beside the stream is not read',
    (body) => {
      expect(nodeRequestBody({ ...unread, headers: { 'content-length': 18 } }, body)).toBe(body)
    },
  )
})
