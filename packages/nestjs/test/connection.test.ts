import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { type TesouroTokens, TesouroTokensModule } from '@tesouro-tokens/nestjs'
import { expect, onTestFinished, test } from 'vitest'
import { serve } from './application.js'

const options = {
  tokens: {
    ready: async () => {},
    mintWidgetToken: async () => ({ widgetToken: 'token', exp: 4_000_000_000 }),
  } as unknown as TesouroTokens,
  getUser: (_request: IncomingMessage) => ({ sub: 'alice', email: 'alice@example.com' }),
}
const imports = [TesouroTokensModule.forRoot(options)]
const path = '/tesouro/widget-token'

test('a refused upload leaves the connection in disorder for the next request', async () => {
  const { origin } = await serve(() => new ExpressAdapter(), { imports }, undefined, { bodyParser: false })
  const { host, hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  onTestFinished(() => void socket.destroy())
  let received = ''
  const until = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(received)) received += String((await once(socket, 'data'))[0])
  }
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n`

  socket.write(`${head}transfer-encoding: chunked\r\n\r\n${chunk('x'.repeat(9000))}`)
  await until(/^HTTP\/1\.1 413 [\s\S]*body_too_large"\}/)
  for (let i = 0; i < 100; i += 1) socket.write(chunk('y'.repeat(10_000)))
  socket.write('0\r\n\r\n')
  socket.write(`${head}content-length: 0\r\n\r\n`)
  await until(/HTTP\/1\.1 200 [\s\S]*"widgetToken":"token"/)
})

test.each([
  [
    'Express',
    (trust: boolean) =>
      serve(
        () => new ExpressAdapter(),
        { imports },
        (app) => (app as NestExpressApplication).set('trust proxy', trust),
      ),
  ],
  ['Fastify', (trust: boolean) => serve(() => new FastifyAdapter({ trustProxy: trust }), { imports })],
])(
  'X-Forwarded-Host counts without a trusted proxy on %s, or not behind one',
  async (_name, serveTrusting) => {
    const forwarded = { origin: 'https://bank.example:8443', 'x-forwarded-host': 'bank.example:8443' }
    for (const [trust, status] of [
      [true, 200],
      [false, 403],
    ] as const) {
      const { origin } = await serveTrusting(trust)
      expect((await fetch(origin + path, { method: 'POST', headers: forwarded })).status).toBe(status)
      const otherPort = { ...forwarded, origin: 'https://bank.example' }
      expect((await fetch(origin + path, { method: 'POST', headers: otherPort })).status).toBe(403)
    }
  },
)
